import { describe, expect, it } from 'vitest';
import { pfnLayouts } from '../../src/engine/pfn';
import type { PfnFlags } from '../../src/engine/pfn/layout';
import { pfn_to_page } from '../../src/engine/memory/address-space';
import { capture, fields } from './captures';

const layout = (id: string) => pfnLayouts.find((l) => l.id === id)!;
const word = (text: string) => BigInt(`0x${text}`);

const FLAGS: Record<string, PfnFlags> = {
  DEV: { dev: true },
  MAP: { map: true },
  LAST: { last: true },
  CHAIN: { chain: true },
};

describe('words of __pfn_t against the helpers run in a kernel (v5-pfnt.csv)', () => {
  const rows = capture('captures-2015/v5-helpers/v5-pfnt.csv')
    .split('\n')
    .filter((row) => /^PFNT,(v5|v5rfc|v5b|4\.5),/.test(row))
    .map(fields);

  it('decodes every row as the kernel did', () => {
    expect(rows.length).toBeGreaterThan(300);
    for (const row of rows) {
      const decoded = layout(row['1']!).decode(word(row['val']!));
      expect({ ...row, has_page: decoded.hasPage ? '1' : '0' }, JSON.stringify(row)).toEqual(row);
      expect(decoded.pfn.toString(16)).toBe(row['to_pfn']);
      expect(decoded.phys.toString(16)).toBe(row['to_phys']);
      expect(decoded.page.toString(16)).toBe(row['to_page']);
    }
  });

  it('encodes every row made of named flags to the same word', () => {
    const named = rows.filter((row) => row['flags'] === '0' || /^[A-Z|]+$/.test(row['flags']!));
    expect(named.length).toBeGreaterThan(100);
    for (const row of named) {
      const flags: PfnFlags = row['flags']!.split('|').reduce((all, f) => ({ ...all, ...FLAGS[f] }), {});
      expect(layout(row['1']!).encode(word(row['pfn']!), flags).toString(16), JSON.stringify(row)).toBe(
        row['val'],
      );
    }
  });
});

describe('v1 words and struct page arithmetic against the v1 branch (v1pfn.csv)', () => {
  const rows = capture('captures-2015/v1-on-4.0/v1pfn.csv')
    .split('\n')
    .filter((row) => row.startsWith('V1PFN,'))
    .map(fields);

  it('gives the same word, address and page, for pages that exist and pages that do not', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const pfn = word(row['pfn']!);
      const decoded = layout('v1').decode(layout('v1').encode(pfn, {}));
      expect(layout('v1').encode(pfn, { dev: true }).toString(16)).toBe(row['word']);
      expect(decoded.phys.toString(16)).toBe(row['pfn_to_phys']);
      expect(pfn_to_page(pfn).toString(16)).toBe(row['bvec_page']);
    }
  });
});
