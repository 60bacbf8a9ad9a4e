import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize } from '../../../src/model/size';

describe('a size as people write it', () => {
  it.each([
    ['1 TiB', 2 ** 40],
    ['256M', 2 ** 28],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['  512 gb ', 512 * 2 ** 30],
    ['4096', 4096],
    ['4096 B', 4096],
    ['2k', 2048],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'TiB', '0', '-1 GiB', '1 XiB', '1e9', '5 PiB', '1 TiB of pmem', '0x1000'])(
    '%j is none',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );

  it('is whole bytes or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\d{1,20}(\.\d{1,20})? ?[kMgTp]?(i?B)?$/)),
        (text) => {
          const bytes = parseSize(text);
          if (bytes !== undefined) expect(Number.isSafeInteger(bytes) && bytes > 0).toBe(true);
        },
      ),
    );
  });
});
