import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type {} from '../../scripts/lib/provided.d.ts';
import { entries } from '../../src/catalogue';

/** A release that is remembered only says between which trees it lies; here the trees are asked. */

const TREES = inject('kernelTrees');

/** Where the block layer, its memory and its DMA are declared; names of other files are read there, by their sources. */
const FOLDERS = [
  'include',
  'block',
  'lib',
  'mm',
  'kernel/dma',
  'drivers/iommu',
  'drivers/nvdimm',
  'arch/x86',
];

const NOTE =
  /^(?<first>there|absent) in linux (?<one>\S+?)(?:, (?<second>there|absent) in linux (?<other>\S+))?$/;

interface Claim {
  readonly name: string;
  readonly version: string;
  readonly there: boolean;
  /** Files that the entry names for this tree. */
  readonly files: readonly string[];
}

const claims = entries().flatMap(({ name, sources, signatures }) =>
  sources.flatMap(({ certainty, note }): Claim[] => {
    const { first, one, second, other } = (certainty === 'recalled' && NOTE.exec(note ?? '')?.groups) || {};
    const named = [...sources.map((source) => source.what), ...signatures.map((line) => line.source)];
    const claim = (word: string, version: string): Claim => {
      const from = `linux ${version} `;
      const files = named.flatMap((what) => (what.startsWith(from) ? [what.slice(from.length)] : []));
      return { name, version, there: word === 'there', files };
    };
    return [...(first && one ? [claim(first, one)] : []), ...(second && other ? [claim(second, other)] : [])];
  }),
);

function wordsOf(tree: string, files: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(tree, file), 'latin1').replace(/\/\*[\s\S]*?\*\//g, ' ');
    for (const [word] of text.matchAll(/\b[A-Za-z_]\w+/g)) words.add(word);
  }
  return words;
}

function sourcesUnder(tree: string, folder: string): string[] {
  if (!existsSync(join(tree, folder))) return [];
  return readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    /\.[ch]$/.test(name) ? [join(folder, name)] : [],
  );
}

it('claims are made, and of trees that are there', () => {
  expect(claims.length).toBeGreaterThan(200);
  expect(Object.keys(TREES)).toEqual(expect.arrayContaining(['6.1', '6.12']));
});

describe.each(['4.1.3', '6.1', '6.12'].filter((version) => TREES[version]))('in %s', (version) => {
  it('every name is there, or absent, as its remembered release says', { timeout: 120_000 }, () => {
    const tree = TREES[version]!;
    const words = wordsOf(
      tree,
      FOLDERS.flatMap((folder) => sourcesUnder(tree, folder)),
    );
    const mine = claims.filter((claim) => claim.version === version);
    expect(mine.length).toBeGreaterThan(0);
    const wrong = mine.filter(({ name, there, files }) => {
      const own = files.filter((file) => existsSync(join(tree, file)) && /\.[ch]$/.test(file));
      return (words.has(name) || wordsOf(tree, own).has(name)) !== there;
    });
    expect(wrong.map(({ name, there }) => `${name}: ${there ? 'not there' : 'there'}`)).toEqual([]);
  });
});
