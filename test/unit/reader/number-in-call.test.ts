import { beforeAll, describe, expect, it } from 'vitest';
import { numberInCall } from '../../../src/reader';
import type { CParser } from '../../../src/reader';
import { createParser, marked } from './support';

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

const at = (source: string) => {
  const { text, offset } = marked(source);
  return numberInCall(parser, text, offset);
};

describe('numberInCall', () => {
  it.each([
    ['x = pfn_to_pfn_t(«0x40000»);', { digits: '0x40000', is: 'pfn', dev: false }],
    ['x = pfn_to_pfn_t(«0x40000UL», PFN_DEV);', { digits: '0x40000', is: 'pfn', dev: true, map: false }],
    [
      'x = phys_to_pfn_t(«4294967296ULL», PFN_DEV | PFN_MAP);',
      { is: 'physical address', dev: true, map: true },
    ],
    ['x = __pfn_to_phys(«262144»);', { digits: '262144', is: 'pfn', helper: '__pfn_to_phys' }],
    ['page = pfn_to_page(«1»);', { is: 'pfn' }],
    ['__pfn_t w = { .val = «0x100000004» };', { is: 'word', helper: '__pfn_t' }],
    ['w = (pfn_t){ .val = «0x2000000000100000» };', { is: 'word', helper: 'pfn_t' }],
  ])('%s', (code, expected) => {
    expect(at(`void f(void) { ${code} }`)).toMatchObject(expected);
  });

  it('counts the end of a number as on it, and takes half-typed calls', () => {
    const { text, offset } = marked('void f(void) { x = pfn_to_pfn_t(«0x40000»); }');
    expect(numberInCall(parser, text, offset + 7)).toMatchObject({ start: offset, end: offset + 7 });
  });

  it.each([
    'x = sample_to_page(«0x40000»);',
    'x = «0x40000»;',
    'x = phys_to_pfn_t(addr, «0x40000»);',
    'x = pfn_to_pfn_t(«0x40000» + i);',
    'x = pfn_to_page(«1.5»);',
    '/* pfn_to_page(«0x40000») */',
    's = "pfn_to_page(«0x40000»)";',
    'struct sample w = { .val = «0x4» };',
    '__pfn_t w = { .other = «0x4» };',
    'a[«4»] = pfn_to_page(b);',
  ])('says nothing of %s', (code) => {
    expect(at(`void f(void) { ${code} }`)).toBeUndefined();
  });
});
