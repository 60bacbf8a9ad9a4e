import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import type {} from '../../../scripts/lib/provided.d.ts';
import { SERIES_LINES } from '../../../src/catalogue/series/lines';
import type { CParser } from '../../../src/reader';
import { auditFile } from '../../../src/reader/audit';
import { CFile } from '../../../src/reader/c-file';
import { applyEdits, convert } from '../../../src/reader/convert';
import type { RuleSet } from '../../../src/reader/convert';
import { HELPER_HEADERS, knownHelpers } from '../../../src/reader/convert/known-helpers';
import { findHazards } from '../../../src/reader/hazards';
import { pageAccesses } from '../../../src/reader/page-accesses';
import { createParser } from '../../unit/reader/support';
import coccinelle from './coccinelle.json';
import golden from './golden.json';
import { filesWith, hash, withoutComments } from './trees';

const trees = inject('kernelTrees');
const files = (version: string, word: 'bv_page' | 'sg_page') => filesWith(trees[version]!, word);

/** Line numbers of offsets. */
const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length;

const VERSIONS = ['4.1.3', '6.1', '6.12'].filter((version) => trees[version] !== undefined);

it('there are kernel trees to read', () => {
  expect(VERSIONS).toEqual(expect.arrayContaining(['6.1', '6.12']));
});

describe.each(VERSIONS)('the accesses to bv_page in %s', (version) => {
  it('are all found, and nothing else is', { timeout: 120_000 }, () => {
    const places: string[] = [];
    for (const file of files(version, 'bv_page')) {
      const code = withoutComments(file.text);
      const expected = [...code.matchAll(/(?:\.|->)\s*\bbv_page\b/g)].map((one) => one.index + one[0].length);
      const ours = pageAccesses(file).map(({ member }) => file.tokens.end(member));
      expect(ours, file.path).toEqual(expected);
      places.push(...ours.map((end) => `${file.path}:${lineOf(file.text, end)}`));
    }
    const designated = files(version, 'bv_page').flatMap((file) =>
      pageAccesses(file).filter(({ use }) => use === 'initialiser'),
    );
    const known = golden[version as keyof typeof golden];
    expect({
      accesses: places.length - designated.length,
      designated: designated.length,
      places: hash(places.join('\n')),
    }).toEqual(known);
  });

  it('parse after the conversion as they did before', { timeout: 120_000 }, async () => {
    const parser = await createParser();
    for (const file of files(version, 'bv_page')) {
      for (const rules of ['series', 'modern'] as const) {
        const { text } = convert(file, rules);
        if (text === file.text) continue;
        const [before, after] = [errors(parser, file.text), errors(parser, text)];
        expect(after, `${file.path} ${rules}`).toBeLessThanOrEqual(before);
      }
    }
    parser.dispose();
  });

  it('are seen the same way when only the functions around them are read', { timeout: 120_000 }, () => {
    for (const file of files(version, 'bv_page')) {
      const report = auditFile(file.path, Buffer.from(file.text, 'latin1'), (bytes) =>
        Buffer.from(bytes).toString('latin1'),
      );
      const whole = findHazards(file).map(
        ({ hazard, start }) => `${hazard.code} ${lineOf(file.text, start)}`,
      );
      expect(report?.findings.map(({ code, line }) => `${code} ${line}`) ?? [], file.path).toEqual(whole);
    }
  });
});

function errors(parser: CParser, text: string): number {
  const tree = parser.parse(text);
  const count = tree.rootNode.descendantsOfType('ERROR').length;
  tree.delete();
  return count;
}

/** Where the two differ, and why that is right. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'series include/linux/bvec.h': 'the helper itself, and a page that is counted on: neither may be converted',
  'series drivers/md/bcache/btree.c': 'the only statement of a loop made by a macro: Coccinelle leaves it',
  'series lib/iov_iter.c': 'blocks handed to macros: Coccinelle leaves them',
  'series fs/bcachefs/checksum.c':
    'a read in the designated initialiser of another structure: Coccinelle leaves it',
  'modern include/linux/bvec.h': 'the helpers themselves may not be converted',
  'modern include/linux/scatterlist.h': 'the helpers themselves may not be converted',
  'modern tools/virtio/linux/scatterlist.h': 'the helpers themselves may not be converted',
};

describe('the conversion against Coccinelle', () => {
  const all = coccinelle as Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
  >;
  const pairs = Object.entries(all).flatMap(([rules, versions]) =>
    Object.entries(versions).map(([version, hashes]) => ({ rules: rules as RuleSet, version, hashes })),
  );
  it.each(pairs.filter(({ version }) => trees[version] !== undefined))(
    '$rules on $version: what it converts, we convert to the same',
    { timeout: 120_000 },
    ({ rules, version, hashes }) => {
      const tree = trees[version]!;
      const headers = HELPER_HEADERS.map((path) => readHeader(`${tree}/${path}`));
      const known = rules === 'modern' ? knownHelpers(headers) : undefined;
      const candidates = new Map(
        [...files(version, 'bv_page'), ...(rules === 'modern' ? files(version, 'sg_page') : [])].map(
          (file) => [file.path, file],
        ),
      );
      const different: string[] = [];
      const more: string[] = [];
      const theirs = new Map(Object.entries(hashes));
      for (const [path, file] of candidates) {
        // Coccinelle's rules of the series are those for accesses; without its path a file has no other of ours.
        const { conversions } = convert(rules === 'series' ? new CFile(file.text) : file, rules, known);
        const ours = conversions.filter(({ rule }) => rules === 'modern' || rule === 'bvec-page');
        const text = applyEdits(
          file.text,
          ours.flatMap((one) => one.edits),
        );
        const theirHash = theirs.get(path);
        theirs.delete(path);
        if (theirHash === undefined) {
          if (ours.length > 0) more.push(path);
        } else if (theirHash !== hash(text.replace(/\s+/g, ''))) different.push(path);
      }
      expect([...theirs.keys()]).toEqual([]);
      const unexplained = [...different, ...more].filter(
        (path) => DIFFERENT[`${rules} ${path}`] === undefined,
      );
      expect(unexplained).toEqual([]);
    },
  );
});

function readHeader(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

if (trees['4.1.3'])
  describe('the conversion against the diffstat of the series', () => {
    it('changes as many lines, file by file', { timeout: 120_000 }, () => {
      const counts = SERIES_LINES;
      const candidates = new Map(
        [...files('4.1.3', 'bv_page'), ...files('4.1.3', 'sg_page')].map((file) => [file.path, file]),
      );
      let equal = 0;
      const others: string[] = [];
      for (const [path, file] of candidates) {
        const { text, conversions } = convert(file, 'series');
        if (conversions.length === 0) continue;
        const changed = changedLines(file.text, text);
        if (counts[path] === changed) equal++;
        else others.push(`${path} ${counts[path] ?? 0} ${changed}`);
        // No file that the series left alone.
        expect(counts[path], path).toBeDefined();
      }
      expect({ equal, others: others.length, which: hash(others.join('\n')) }).toEqual(golden.diffstat);
    });
  });

/** Added and removed lines. No rule of the series adds or removes a line break. */
function changedLines(before: string, after: string): number {
  const [a, b] = [before.split('\n'), after.split('\n')];
  expect(a.length).toBe(b.length);
  return 2 * a.filter((line, i) => line !== b[i]).length;
}
