import { describe, expect, it } from 'vitest';
import { phys } from '../../src/model/address';
import { NAMESPACE_USES, namespaceCost, type NamespaceUse } from '../../src/model/namespace-cost';
import { capture, captures } from './captures';

interface Listed {
  readonly dev: string;
  readonly mode: NamespaceUse['mode'];
  readonly map?: 'mem' | 'dev';
  readonly size: number;
  /** An info block was written: what ndctl makes has one, a bare e820 range has not. */
  readonly uuid?: string;
}
type Listing = readonly { regions?: readonly { size: number; namespaces?: readonly Listed[] }[] }[];

const useOf = ({ mode, map }: Listed): NamespaceUse => ({ mode, map: map ?? 'none' });

describe('what a namespace gives is what ndctl printed', () => {
  const listings = captures(/^ndctl-list-.*\.json$/);

  it('for every namespace that fills its region', () => {
    const modes = new Set<string>();
    for (const path of listings) {
      for (const { regions = [] } of JSON.parse(capture(path)) as Listing) {
        for (const { size, namespaces = [] } of regions) {
          expect(namespaces.length, path).toBe(1);
          const listed = namespaces[0]!;
          const cost = namespaceCost(size, useOf(listed), 64);
          // Without an info block the kernel gives all of the range, and makes pages for it in RAM.
          expect(listed.uuid === undefined ? size : cost.usable, path).toBe(listed.size);
          if (listed.uuid !== undefined) modes.add(`${listed.mode} ${listed.map ?? 'none'}`);
        }
      }
    }
    expect([...modes].sort()).toEqual(['devdax mem', 'fsdax dev', 'sector none']);
  });

  it.each(['ndctl_btt.json', 'ndctl_fsdax.json', 'ndctl_devdax.json'])(
    'for the part of a region that %s has',
    (file) => {
      const listed = JSON.parse(capture(`captures/run61-tier/${file}`)) as Listed;
      const bytes = sizeInIomem(listed.dev, 'captures/run61-tier/iomem_after.txt');
      expect(namespaceCost(bytes, useOf(listed), 64).usable).toBe(listed.size);
    },
  );

  it('and fsdax map=mem loses its first 2 MiB to the info block', () => {
    const path = 'captures/run612-nfit-nolabel/ndctl-create-fsdax-mem.json';
    const listed = JSON.parse(capture(path)) as Listed;
    expect(namespaceCost(2 ** 28, useOf(listed), 64).usable).toBe(listed.size);
  });
});

describe('1 TiB of persistent memory', () => {
  const cost = (mode: NamespaceUse['mode'], map: NamespaceUse['map']) =>
    namespaceCost(2 ** 40, { mode, map }, 64);

  it('has 16 GiB of struct pages, in RAM or on itself; or none', () => {
    expect(cost('fsdax', 'mem')).toMatchObject({ structPages: 2 ** 34, livesIn: 'RAM' });
    expect(cost('devdax', 'dev')).toMatchObject({ structPages: 2 ** 34, livesIn: 'the device' });
    expect(cost('fsdax', 'dev').usable).toBe(2 ** 40 - 2 ** 34 - 2 ** 21);
    expect(cost('raw', 'none')).toEqual({ structPages: 0, livesIn: 'nowhere', usable: 2 ** 40 });
  });

  it('never gives more than there is, however little that is', () => {
    for (const use of NAMESPACE_USES) {
      for (const bytes of [1, 4096, 2 ** 20, 2 ** 21, 2 ** 24, 2 ** 24 + 4096, 2 ** 40 + 12345]) {
        const { usable } = namespaceCost(bytes, use, 64);
        expect(usable).toBeGreaterThanOrEqual(0);
        expect(usable).toBeLessThanOrEqual(bytes);
      }
    }
  });
});

/** Bytes from the first byte of a namespace to its last, as /proc/iomem names them: `dax0.2` is the rest of one. */
function sizeInIomem(dev: string, path: string): number {
  const names = [dev, dev.replace('namespace', 'dax')];
  const spans = [...capture(path).matchAll(/^\s*([0-9a-f]+)-([0-9a-f]+) : (\S+)$/gm)].filter((m) =>
    names.includes(m[3]!),
  );
  expect(spans.length).toBeGreaterThan(0);
  return phys(`0x${spans.at(-1)![2]}`) + 1 - phys(`0x${spans[0]![1]}`);
}
