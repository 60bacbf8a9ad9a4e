import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PATCHES, SERIES_FILES, SINCE_V2, seriesFile } from '../../../../src/catalogue/series';

const cover = readFileSync(join(__dirname, 'cover-letter.txt'), 'utf8');
const start = cover.indexOf('Documentation/block/biodoc.txt |');
const diffstat = [...cover.slice(start).matchAll(/^(\S+) \|\s+(\d+) ?([+-]*) *$/gm)].map(
  ([, file, lines, graph]) => ({ file, lines: Number(lines), graph }),
);

describe('the files of the series', () => {
  it('are the 117 of the diffstat, with its numbers and graphs', () => {
    expect(diffstat).toHaveLength(117);
    const byPath = <T extends { file?: string | undefined }>(rows: readonly T[]) =>
      [...rows].sort((a, b) => (a.file! < b.file! ? -1 : 1));
    expect(SERIES_FILES.map(({ file, lines, graph }) => ({ file, lines, graph }))).toEqual(byPath(diffstat));
  });

  it('have 1,394 changed lines: the 1003 insertions and 391 deletions of the summary', () => {
    const [, files, plus, minus] =
      /(\d+) files changed, (\d+) insertions\(\+\), (\d+) deletions\(-\)\ncreate/.exec(cover)!;
    expect(Number(files)).toBe(SERIES_FILES.length);
    const sum = SERIES_FILES.reduce((total, { lines }) => total + lines, 0);
    expect(sum).toBe(1394);
    expect(Number(plus) + Number(minus)).toBe(sum);
  });

  it('say each thing once: no two rows share a sentence', () => {
    const sentences = SERIES_FILES.flatMap(({ touches, changes, pageless, today }) => [
      touches,
      changes,
      pageless.sentence,
      today.sentence,
    ]);
    expect(sentences).toHaveLength(4 * 117);
    expect(sentences.filter((one, i) => sentences.indexOf(one) !== i)).toEqual([]);
    for (const sentence of sentences) expect(sentence).toMatch(/^\S.{19,}[.)]$/);
  });

  it('belong to patches that there are, and every patch has files', () => {
    const used = new Set(SERIES_FILES.flatMap(({ patches }) => patches.map(({ patch }) => patch)));
    expect([...used].sort((a, b) => a - b)).toEqual(PATCHES.map(({ number }) => number));
    for (const { file, patches } of SERIES_FILES) expect(patches.length, file).toBeGreaterThan(0);
  });

  it('name a place for what was renamed, and none for what is gone', () => {
    for (const { file, today } of SERIES_FILES)
      expect(today.path !== undefined && today.path !== file, file).toBe(today.fate === 'renamed');
  });

  it('are found by their path', () => {
    expect(seriesFile('drivers/block/nbd.c')?.lines).toBe(8);
    expect(seriesFile('drivers/block/xen-blkfront.c')).toBeUndefined();
  });
});

describe('the patches', () => {
  const [, titles] = /Dan Williams \(10\):\n([\s\S]*?)\n\nDocumentation/.exec(
    cover.replace(/\n{2,}/g, '\n\n'),
  )!;

  it('have the titles of the cover letter', () => {
    // The letter has a typing error in the first one.
    const letter = titles!.replace('persistenti', 'persistent');
    for (const { title } of PATCHES) expect(letter).toContain(title);
    expect(PATCHES.filter(({ author }) => author === 'Dan Williams')).toHaveLength(10);
  });

  it('were changed since v2 in the files of the incremental diffstat', () => {
    const [, since] = /Incremental diffstat:\n([\s\S]*?)17 files changed/.exec(cover)!;
    expect(SINCE_V2).toHaveLength(5);
    for (const file of SINCE_V2.flatMap(({ files }) => files)) {
      expect(since).toContain(file);
      expect(seriesFile(file)).toBeDefined();
    }
  });
});
