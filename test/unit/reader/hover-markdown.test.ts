import { beforeAll, describe, expect, it } from 'vitest';
import { entries } from '../../../src/catalogue';
import { hoverAt, hoverMarkdown } from '../../../src/reader';
import type { CParser, Hover } from '../../../src/reader';
import { createParser, marked } from './support';

const hovers: [string, Hover][] = entries().flatMap((entry): [string, Hover][] => {
  const place = { entry, start: 0, end: entry.name.length, role: 'use' } as const;
  const variants = (entry.variants ?? []).map((variant): [string, Hover] => [
    `${entry.name}/${variant.id}`,
    { ...place, variant },
  ]);
  return [[entry.name, place], ...variants];
});

describe('hoverMarkdown', () => {
  let parser: CParser;
  beforeAll(async () => {
    parser = await createParser();
  });

  it('reads like this', () => {
    const { text, offset } = marked('void f(void) { «bio_add_pfn»(secretOfTheFile, pfn, 1, 2); }');
    const hover = hoverAt(parser, text, offset);
    if (!hover) throw new Error('no hover');
    const markdown = hoverMarkdown(hover, {
      pictureUri: (picture, name) => `command:show?${picture}/${name}`,
    });
    expect(markdown).not.toContain('secretOfTheFile');
    expect(markdown.split('\n').map((line) => line.slice(0, 60))).toEqual([
      '**`bio_add_pfn`** · function — Adds memory to a bio by page ',
      '',
      '```c',
      'int bio_add_pfn(struct bio *bio, __pfn_t pfn, unsigned int l',
      '```',
      '`reconstructed` v3: as in v1; the v3 patch text could not be',
      '',
      '- **Page-backed:** Returns len, like `bio_add_page()`; the b',
      '- **Page-less:** Returns len and marks the bio `BIO_PFN`, if',
      '- **Errors:** `0`: the queue lacks `QUEUE_FLAG_PFN`: bio unc',
      '- **Context:** `bi_bdev` must be set first: the queue’s limi',
      '- **⚠ Hazard:** It returns a byte count, never an errno; and',
      '- **History:** First: v1, March 2015, last patch of the seri',
      '- **Today:** None: a bio still needs pages, see `bio_add_pag',
      '',
      expect.stringMatching(/^Sources: \*stated\* v3 cover letter; v1 branch/),
      '',
      '[Show the picture](command:show?byte-ribbons/bio_add_pfn)',
    ]);
    expect(markdown).toContain('/* v1, v3 reconstructed */');
  });

  it('shows the variant in place of the entry', () => {
    const { text, offset } = marked('void f(void) { «bvec_set_page»(&bv, page, len, 0); }');
    const hover = hoverAt(parser, text, offset);
    if (!hover) throw new Error('no hover');
    const markdown = hoverMarkdown(hover);
    expect(markdown.split('\n')[0]).toContain('Fills a whole');
    expect(markdown).not.toContain('reconstructed');
  });

  it('has no link without a picture, and keeps a URI inside its link', () => {
    const hover = hovers[0]?.[1];
    if (!hover) throw new Error('no entries');
    expect(hoverMarkdown(hover)).not.toContain('](');
    expect(hoverMarkdown(hover, { pictureUri: () => 'command:x?(a b)' })).toContain(
      '](command:x?%28a%20b%29)',
    );
  });

  it.each(hovers)('%s is short Markdown without HTML', (name, hover) => {
    const markdown = hoverMarkdown(hover, { pictureUri: () => 'command:x' });
    const lines = markdown.split('\n');
    // The table of a structure has a line for each member; what is read first stays short.
    expect(lines.filter((line) => !line.startsWith('| ')).length).toBeLessThanOrEqual(27);
    expect(lines[0]).toMatch(new RegExp(`^\\*\\*\`${name.split('/')[0]}\`\\*\\* · \\w+ — `));
    expect(lines.at(-1)).toBe('[Show the picture](command:x)');
    expect(lines.filter((line) => line.startsWith('```'))).toHaveLength(2);
    const prose = lines.filter((line) => !line.startsWith('```') && !line.endsWith('*/'));
    for (const line of prose) {
      const outside = line.replace(/`[^`]*`/g, '');
      expect(outside).not.toMatch(/`|(?<!\\)[<>]|\w_\w/);
      expect(line).not.toMatch(/`[^`]*``/);
    }
    const text = hover.variant ?? hover.entry;
    expect(markdown.includes('reconstructed')).toBe(
      JSON.stringify([text.signatures, hover.variant ? '' : hover.entry.example]).includes('reconstructed'),
    );
  });
});
