import { describe, expect, it } from 'vitest';
import { Kernel } from '../../../src/engine/kernel';
import { inABio } from '../../../src/engine/decode/in-a-bio';
import { helperMarkdown } from '../../../src/host/helper-markdown';
import { compareHelpers } from '../../../src/engine/decode/compare';
import { machineOf } from '../../../src/engine/decode';
import { machine } from '../arbitraries';

const spec = machine({ flavour: '4.1' });

function table(pfn: number): Record<string, Record<string, string>> {
  const { kernels, rows } = inABio(spec, pfn, Kernel);
  return Object.fromEntries(
    rows.map(({ name, gives }) => [
      name,
      Object.fromEntries(kernels.map(({ label }, i) => [label, gives[i]!])),
    ]),
  );
}

describe('a page-less page in a bio', () => {
  const of = table(0x40000);

  it('is a page by arithmetic in v1, and none in v3', () => {
    expect(of['bvec_page()']).toMatchObject({ '4.1-pfn v1': '0xffffea0001000000', '4.1-pfn v3': 'NULL' });
  });

  it('builds with the option off, and not with it on', () => {
    expect(of['->bv_page, option on']!['4.1-pfn v3']).toBe('does not compile');
    expect(of['->bv_page, option off']!['4.1-pfn v3']).toMatch(/^0xffffea/);
  });

  it('faults where the CPU wants to reach it', () => {
    expect(of['zero_fill_bio()']!['4.1-pfn v1']).toMatch(
      /^BUG: unable to handle kernel paging request at ffff8800/,
    );
    expect(of['__bio_kmap_atomic()']!['4.1-pfn v3']).toMatch(/NULL pointer dereference/);
  });

  it('is refused by a queue without the flag, with the errno the kernel gave', () => {
    expect(of['bio_add_pfn(), queue without the flag']!['4.1-pfn v1']).toBe('0');
    expect(of['submit_bio(), queue without the flag']!['4.1-pfn v1']).toBe('ends with -EOPNOTSUPP');
    expect(of['submit_bio(), queue with the flag']!['4.1-pfn v1']).toMatch(/in brd_do_bvec$/);
  });
});

describe('an ordinary page in a bio', () => {
  it('works in every kernel alike', () => {
    const of = table(0x200);
    for (const name of [
      'bio_to_phys()',
      'bvec_page()',
      'zero_fill_bio()',
      'bio_copy_data()',
      '__bio_kmap_atomic()',
    ]) {
      expect(new Set(Object.values(of[name]!)).size, name).toBe(1);
    }
    expect(of['submit_bio(), queue without the flag']!['6.12']).toBe('ends with 0');
  });

  it('is told in the document that compares helpers', () => {
    const text = helperMarkdown(compareHelpers(machineOf(spec), 0x200n), 'm', inABio(spec, 0x200, Kernel));
    expect(text).toMatch(/^\| function \| 4\.1 \| 4\.1\\-pfn v1 \| 4\.1\\-pfn v3 \*\(reconstructed\)\*/m);
  });
});
