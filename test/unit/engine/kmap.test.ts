import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KM_TYPE_NR, KmapSlots } from '../../../src/engine/kmap/atomic';
import { Cpu, preempt_count } from '../../../src/engine/kmap/cpu';
import { KmapRanges, sectionLookup, type KmapRange } from '../../../src/engine/kmap/ranges';
import { Rcu } from '../../../src/engine/kmap/rcu';
import { X86_32, __va } from '../../../src/engine/memory/address-space';

/** Ranges of whole pages in the first 4 GiB, any of which may overlap others. */
const ranges: fc.Arbitrary<KmapRange[]> = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 2 ** 20 - 1 }), fc.integer({ min: 1, max: 2 ** 16 }))
    .map(([pfn, pages]) => ({
      owner: 'driver',
      start: pfn * 4096,
      end: (pfn + pages) * 4096 - 1,
      base: 0xffffc90000000000n + BigInt(pfn) * 0x100000n,
    })),
  { maxLength: 12 },
);

describe('kmap_atomic_pfn_t', () => {
  it('finds what a search through all ranges finds, newest first, and leaks nothing', () => {
    fc.assert(
      fc.property(ranges, fc.array(fc.integer({ min: 0, max: 2 ** 21 })), fc.boolean(), (list, pfns, dev) => {
        const rcu = new Rcu();
        const kmap = new KmapRanges(new KmapSlots(), rcu);
        const cpu = new Cpu(0, 'task');
        for (const range of list) kmap.devm_register_kmap_pfn_range(range);
        for (const pfn of pfns) {
          const address = kmap.kmap_atomic_pfn_t(cpu, { pfn, dev });
          const range = [...list].reverse().find((r) => pfn * 4096 >= r.start && pfn * 4096 <= r.end);
          const expected = dev
            ? range
              ? range.base + BigInt(pfn * 4096 - range.start)
              : null
            : __va(BigInt(pfn) << 12n);
          expect(address).toBe(expected);
          kmap.kunmap_atomic_pfn_t(cpu, address);
        }
        expect([preempt_count(cpu), cpu.rcuDepth, rcu.readers]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('without CONFIG_KMAP_PFN takes every pfn for one with a page, and registers nothing', () => {
    const kmap = new KmapRanges(new KmapSlots(), new Rcu(), false);
    const cpu = new Cpu(0, 'task');
    const range = { owner: 'pmem0', start: 0x40000000, end: 0x4fffffff, base: 0xffffc90002000000n };
    expect(kmap.devm_register_kmap_pfn_range(range)).toBe(0);
    expect(kmap.registered).toEqual([]);
    const address = kmap.kmap_atomic_pfn_t(cpu, { pfn: 0x40000, dev: true });
    expect(address).toBe(__va(0x40000000n));
    kmap.kunmap_atomic_pfn_t(cpu, address);
    expect([preempt_count(cpu), cpu.rcuDepth]).toEqual([0, 0]);
  });

  it('agrees with the lookup by section where ranges do not overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 60 }), (pages) => {
        const list = Array.from({ length: 16 }, (_, i) => ({
          owner: `${i}`,
          start: i * 0x1000000,
          end: i * 0x1000000 + 0x7fffff,
          base: 0xffffc90000000000n + BigInt(i) * 0x1000000n,
        }));
        const find = sectionLookup(list, 2 ** 27);
        for (const page of pages) {
          const address = page * 65536;
          expect(find(address)).toBe(list.find((r) => address >= r.start && address <= r.end));
        }
      }),
    );
  });
});

describe('kmap_atomic on 32-bit', () => {
  it('gives each HIGHMEM page the next slot, reaches it there, and takes all back in reverse order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 20 - 1 }), { maxLength: KM_TYPE_NR }), (pfns) => {
        const slots = new KmapSlots(X86_32, true);
        const cpu = new Cpu(1, 'task');
        const addresses = pfns.map((pfn) => slots.kmap_atomic(cpu, pfn));
        pfns.forEach((pfn, i) => {
          const low = pfn * 4096 < X86_32.lowmem;
          if (low) expect(addresses[i]).toBe(__va(BigInt(pfn) << 12n, X86_32));
          else expect(slots.through(addresses[i]!, 'test')).toBe(pfn);
        });
        expect(preempt_count(cpu)).toBe(pfns.length);
        for (const address of addresses.reverse()) slots.kunmap_atomic(cpu, address);
        expect([preempt_count(cpu), cpu.__kmap_atomic_idx, slots.ptes.size]).toEqual([0, 0, 0]);
      }),
    );
  });
});

describe('RCU', () => {
  it('waits for the readers that were there, and for no later one', () => {
    const rcu = new Rcu();
    const [early, late] = [new Cpu(0, 'early'), new Cpu(1, 'late')];
    rcu.rcu_read_lock(early);
    rcu.rcu_read_lock(early);
    const over = rcu.gracePeriod();
    rcu.rcu_read_lock(late);
    rcu.rcu_read_unlock(early);
    expect(over()).toBe(false);
    rcu.rcu_read_unlock(early);
    expect(over()).toBe(true);
    expect(rcu.readers).toBe(1);
  });
});
