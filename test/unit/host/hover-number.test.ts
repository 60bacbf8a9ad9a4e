import { describe, expect, it } from 'vitest';
import { numberMarkdown } from '../../../src/host/kernel-code/hover-number';
import type { NumberInCall } from '../../../src/reader';

const number = (part: Partial<NumberInCall>): NumberInCall => ({
  digits: '0x100000',
  is: 'pfn',
  helper: 'pfn_to_pfn_t',
  dev: false,
  map: false,
  start: 0,
  end: 8,
  ...part,
});

describe('numberMarkdown', () => {
  it('gives frame, address and the word of each posting', async () => {
    const text = (await numberMarkdown(number({ dev: true }), undefined)) ?? '';
    expect(text).toContain('pfn `0x100000`, physical `0x100000000`');
    expect(text).toContain('| v1 | `0x100000` |');
    expect(text).toContain('| v3 `reconstructed` | `0x800001` |');
    expect(text).toContain('| v5 | `0x100000004` |');
    expect(text).toContain('| 4.5 | `0x2000000000100000` |');
  });

  it('reads an address, and a word', async () => {
    expect(
      await numberMarkdown(number({ digits: '0x100000fff', is: 'physical address' }), undefined),
    ).toContain('pfn `0x100000`, physical `0x100000fff`');
    const word = await numberMarkdown(
      number({ digits: '0x100000004', is: 'word', helper: '__pfn_t' }),
      undefined,
    );
    expect(word).toContain('| v5 | pfn `0x100000`, `PFN_DEV` | no page |');
  });

  it('is silent about more than 64 bits', async () => {
    expect(await numberMarkdown(number({ digits: `0x1${'0'.repeat(16)}` }), undefined)).toBeUndefined();
  });
});
