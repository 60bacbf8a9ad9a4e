import { describe, expect, it } from 'vitest';
import { lookup } from '../../../src/catalogue';
import { hoverAt, hoverMarkdown, treeOfMakefile, treeOfVersion } from '../../../src/reader';
import type { KernelTree } from '../../../src/reader';
import { createParser, marked } from './support';

const makefile = (version: string, level: string) =>
  `# SPDX\nVERSION = ${version}\nPATCHLEVEL = ${level}\nSUBLEVEL = 3\nEXTRAVERSION =\nNAME = none\n`;

describe('treeOfMakefile', () => {
  it.each([
    ['4', '1', '4.1', '4.1'],
    ['4', '0', '4.0', '4.1'],
    ['4', '19', '4.19', '4.1'],
    ['5', '10', '5.10', '6.1'],
    ['6', '1', '6.1', '6.1'],
    ['6', '12', '6.12', '6.12'],
    ['7', '0', '7.0', '6.12'],
  ])('VERSION %s, PATCHLEVEL %s: %s, read as %s', (version, level, release, like) => {
    expect(treeOfMakefile(makefile(version, level))).toEqual({ release, like });
  });

  it.each([
    '',
    'obj-y += bio.o\n',
    'VERSION = 4\n',
    'VERSION = 1.2\nPATCHLEVEL = x\n',
    'MY_VERSION = 4\nPATCHLEVEL = 1\n',
  ])('is no kernel: %j', (text) => {
    expect(treeOfMakefile(text)).toBeUndefined();
  });
});

async function markdownOf(source: string, tree: KernelTree): Promise<string> {
  const parser = await createParser();
  const { text, offset } = marked(source);
  const hover = hoverAt(parser, text, offset, { tree });
  parser.dispose();
  if (!hover) throw new Error('no hover');
  return hoverMarkdown(hover, { tree });
}

describe('a hover in a known tree', () => {
  const call = 'void f(void) { «bio_endio»(bio, err); }';

  it('shows the line of the tree beside another', async () => {
    const lines = (await markdownOf(call, treeOfVersion('4.1'))).split('\n');
    expect(lines[2]).toBe('| This tree (4.1) | 6.12 |');
    expect(lines[4]).toBe('| `void bio_endio(struct bio *, int);` | `void bio_endio(struct bio *);` |');
  });

  it('says what a release is read as, and that a name is not there', async () => {
    const lines = (
      await markdownOf('void f(void) { «bio_clone_fast»(a, b, c); }', { release: '6.8', like: '6.12' })
    ).split('\n');
    expect(lines[2]).toBe('| This tree (6.8, read as 6.12) | 4.1 |');
    expect(lines[4]).toMatch(/^\| not there \| `struct bio \*bio_clone_fast\(/);
  });

  it('shows what the series made of it, with its badge, and keeps the other postings', async () => {
    const markdown = await markdownOf('struct «bio_vec» v;', treeOfVersion('4.1-pfn'));
    expect(markdown).toContain('| This tree (4.1-pfn): v3 `reconstructed` | 4.1 |');
    expect(markdown).toContain('/* v1 */');
  });

  it.each([
    ['6.12', 'today'],
    ['4.1-pfn', undefined],
  ] as const)(
    'takes bvec_set_page(&bv, page for the one of %s while it is typed',
    async (version, variant) => {
      const parser = await createParser();
      const { text, offset } = marked('void f(void)\n{\n\t«bvec_set_page»(&bv, page');
      const hover = hoverAt(parser, text, offset, { tree: treeOfVersion(version) });
      expect(hover?.entry).toBe(lookup('bvec_set_page'));
      expect(hover?.variant?.id).toBe(variant);
      parser.dispose();
    },
  );
});

describe('the layout of a structure', () => {
  it('is a table by version', async () => {
    const markdown = await markdownOf('struct «bvec_iter» it;', treeOfVersion('6.12'));
    expect(markdown).toContain('| offset (size) | 4.1 | 6.12 |');
    expect(markdown).toContain('| `bi_bvec_done` | 16 (4) | 16 (4) |');
    expect(markdown).toContain('| bytes | 24 | 20 |');
    expect(markdown).toMatch(/4\.1 \*ran\* `captures: plain-4\.1\.3\/const\.csv/);
  });
});
