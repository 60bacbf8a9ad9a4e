import type { KmapSlots } from './atomic';
import type { Cpu } from './cpu';
import type { Rcu } from './rcu';

/** `struct kmap`: device memory that a driver made reachable at `base`. Bytes; `end` is the last one (inclusive). */
export interface KmapRange {
  readonly owner: string;
  readonly start: number;
  readonly end: number;
  readonly base: bigint;
}

/** A page frame as v5's `__pfn_t` tells it: PFN_DEV set means that there is no struct page to map through. */
export interface PfnT {
  readonly pfn: number;
  readonly dev: boolean;
}

/**
 * mm/kmap_pfn.c of v5: a global list of ranges, walked from its head. Source: the pfn branch, de8237c9; every row of
 * v5-kmap.csv agrees. Nothing checks that ranges do not overlap: the one registered last wins.
 */
export class KmapRanges {
  /** Newest first: `list_add_rcu` puts a range at the head. */
  private list: readonly KmapRange[] = [];
  /** List nodes looked at by every lookup so far, and the lookups themselves. */
  visited = 0;
  lookups = 0;

  constructor(
    private readonly slots: KmapSlots,
    private readonly rcu: Rcu,
    /** CONFIG_KMAP_PFN. Without it PFN_DEV is 0, so every pfn passes for one with a page, and nothing is registered. */
    private readonly config = true,
  ) {}

  get registered(): readonly KmapRange[] {
    return this.list;
  }

  /** Always succeeds here: the kernel's own errors are those of memory allocation. */
  devm_register_kmap_pfn_range(range: KmapRange): 0 {
    if (this.config) this.list = [range, ...this.list];
    return 0;
  }

  /** The first half of `teardown_kmap`; the second is a grace period, then `kfree`. */
  list_del_rcu(range: KmapRange): void {
    this.list = this.list.filter((other) => other !== range);
  }

  /** An address to reach the page at, or null when no range has it. Leaves the RCU read side open unless null. */
  kmap_atomic_pfn_t(cpu: Cpu, { pfn, dev }: PfnT): bigint | null {
    if (!this.config) return this.slots.kmap_atomic(cpu, pfn);
    this.rcu.rcu_read_lock(cpu);
    if (!dev) return this.slots.kmap_atomic(cpu, pfn);
    const address = pfn * 4096;
    const range = this.find((r) => address >= r.start && address <= r.end);
    if (range) return range.base + BigInt(address - range.start);
    this.rcu.rcu_read_unlock(cpu);
    return null;
  }

  /**
   * Looks the address up again, and takes it for one of `kmap_atomic` when no range has it. A range that teardown
   * has just taken off the list is not found: then the preempt count drops once too often.
   */
  kunmap_atomic_pfn_t(cpu: Cpu, address: bigint | null): 'range' | 'kunmap_atomic' | 'nothing' {
    if (!this.config) {
      this.slots.kunmap_atomic(cpu, address ?? 0n);
      return 'kunmap_atomic';
    }
    if (address === null) return 'nothing';
    const range = this.find((r) => address >= r.base && address < r.base + BigInt(r.end - r.start + 1));
    if (!range) this.slots.kunmap_atomic(cpu, address);
    this.rcu.rcu_read_unlock(cpu);
    return range ? 'range' : 'kunmap_atomic';
  }

  private find(has: (range: KmapRange) => boolean): KmapRange | undefined {
    this.lookups++;
    const index = this.list.findIndex(has);
    this.visited += index < 0 ? this.list.length : index + 1;
    return this.list[index];
  }
}

/**
 * What the reviewers proposed instead of the list: one step to the section of the address, where the range would
 * be noted. Counts one visit a lookup; as Hansen said, sections never knew kernel addresses, so they would have to.
 */
export function sectionLookup(
  ranges: readonly KmapRange[],
  sectionSize: number,
): (address: number) => KmapRange | undefined {
  const sections = new Map<number, KmapRange[]>();
  for (const range of ranges) {
    const last = Math.floor(range.end / sectionSize);
    for (let section = Math.floor(range.start / sectionSize); section <= last; section++) {
      sections.set(section, [...(sections.get(section) ?? []), range]);
    }
  }
  return (address) =>
    sections.get(Math.floor(address / sectionSize))?.find((r) => address >= r.start && address <= r.end);
}
