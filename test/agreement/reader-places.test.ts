import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type {} from '../../scripts/lib/provided.d.ts';
import { entries, layoutsOf, LAID_OUT, lookup } from '../../src/catalogue';
import { hoverAt, treeOfMakefile } from '../../src/reader';
import type { CParser, Hover } from '../../src/reader';
import { createParser } from '../unit/reader/support';
import { capture } from './captures';
import { PLACES } from './reader-places';

/** Trees of 6.1 and 6.12 are fetched; one of 4.1.3 is read where somebody has put it into the cache. */
const TREES = inject('kernelTrees');
const treeOf = (version: string) => TREES[version]!;
const isThere = (version: string, file = '') => existsSync(join(treeOf(version), file));

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

function hoverOf(version: string, file: string, place: string): Hover | undefined {
  const { name = '', count = '0' } =
    /^!?(?<name>\w+)(?:\/\w+)?(?:#(?<count>\d+))?$/.exec(place)?.groups ?? {};
  const text = readFileSync(join(treeOf(version), file), 'utf8');
  const found = [...text.matchAll(new RegExp(`\\b${name}\\b`, 'g'))][Number(count)];
  expect(found, `${name} in ${file}`).toBeDefined();
  const makefile = isThere(version, 'Makefile')
    ? readFileSync(join(treeOf(version), 'Makefile'), 'utf8')
    : '';
  const tree = treeOfMakefile(makefile);
  return hoverAt(parser, text, found?.index ?? 0, { path: file, ...(tree ? { tree } : {}) });
}

describe('the places', () => {
  it('are in trees that are there', () => {
    expect(Object.keys(TREES)).toEqual(expect.arrayContaining(['6.1', '6.12']));
  });

  it('are more than 150, with names the catalogue has', () => {
    const all = Object.values(PLACES).flatMap((files) =>
      Object.values(files).flatMap((row) => row.split(' ')),
    );
    expect(all.length).toBeGreaterThanOrEqual(150);
    for (const place of all) expect(lookup(/\w+/.exec(place)?.[0] ?? ''), place).toBeDefined();
  });
});

describe.each(Object.entries(PLACES).filter(([version]) => TREES[version]))('in %s', (version, files) => {
  it('the tree is what it is called', () => {
    const tree = treeOfMakefile(readFileSync(join(treeOf(version), 'Makefile'), 'utf8'));
    expect(version.startsWith(tree?.like ?? '?')).toBe(true);
  });

  for (const [file, row] of Object.entries(files)) {
    it(`${file}: ${row}`, () => {
      for (const place of row.split(' ')) {
        const hover = hoverOf(version, file, place);
        const shown = hover && [hover.entry.name, hover.variant?.id].filter(Boolean).join('/');
        expect(shown, place).toBe(place.startsWith('!') ? undefined : place.replace(/#\d+$/, ''));
      }
    });
  }
});

/** C with its white space made even and without comments, so that a line can be found however it is broken. */
function even(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\\\n/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s*([(),;*{}=])\s*/g, '$1')
    .trim();
}

describe.each(['4.1.3', '6.1', '6.12'].filter((version) => TREES[version]))(
  'the lines that are confirmed for %s',
  (version) => {
    const from = new RegExp(`^linux ${version.replaceAll('.', '\\.')} (?<file>[\\w./-]+\\.[ch])$`);
    const lines = entries()
      .flatMap((entry) => [entry, ...(entry.variants ?? [])].flatMap(({ signatures }) => signatures))
      .flatMap(({ source, text }) => {
        const file = from.exec(source)?.groups?.['file'];
        return file === undefined ? [] : [{ file, text }];
      });

    it('stand in the files that are named with them', () => {
      expect(lines.length).toBeGreaterThan(50);
      const read = new Map<string, string>();
      const missing = lines.filter(({ file, text }) => {
        if (!isThere(version, file)) return false;
        if (!read.has(file)) read.set(file, even(readFileSync(join(treeOf(version), file), 'utf8')));
        const wanted = even(text.replace(/[;,]$/, '').replace('{ ... }', '{'));
        return !read.get(file)?.includes(wanted);
      });
      // Three declarations on one line of ours stand on three lines there.
      expect(missing.map(({ text }) => text).filter((text) => !text.includes('bv_len, bv_offset'))).toEqual(
        [],
      );
    });
  },
);

describe('layouts', () => {
  it.each(['plain-4.1.3', 'v1-on-4.0'])('are those that %s printed', (kernel) => {
    const table = capture(`captures-2015/${kernel}/const.csv`);
    const printed = (what: string) => new RegExp(`^${what},(\\d+)$`, 'm').exec(table)?.[1];
    const version = kernel.startsWith('v1') ? 'v1' : '4.1';
    let compared = 0;
    for (const name of LAID_OUT) {
      const layout = layoutsOf(name).find((one) => one.version === version);
      const type = name === '__pfn_t' ? name : `struct ${name}`;
      if (!layout) continue;
      expect(printed(`SIZEOF,${type}`), name).toBe(String(layout.size));
      for (const [member, offset] of layout.members) {
        const there = printed(`OFFSETOF,${type},${member}`);
        if (there === undefined) continue;
        expect(there, `${name}.${member}`).toBe(String(offset));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(5);
  });
});
