import { phys, type PhysRange, type Phys } from '../../model/address';
import type { MemoryRange, MachineSpec, StructPages } from '../../model/machine-spec';
import type { RangeKind } from '../../model/memory-facts';
import type { MapTotals, PageOwner } from '../../model/pages';
import { addressSpaceOf, type AddressSpace } from './address-space';

/** A run of physical bytes of one nature. `kind` is `hole` where no resource claims the bytes. */
export interface Extent extends PhysRange {
  readonly kind: RangeKind | 'hole';
  readonly name: string;
  readonly page: PageOwner;
  readonly structPages: StructPages;
  /** Why `page` is an assumption, where it is one. */
  readonly assumed?: string | undefined;
}

interface Leaf extends PhysRange {
  readonly owner: MemoryRange | undefined;
  readonly structPages: StructPages;
  readonly assumed: string | undefined;
}

/** Physical memory as the kernel sees it: every byte from 0 to the last claimed one belongs to one extent. */
export class PhysicalMap {
  readonly extents: readonly Extent[];
  readonly space: AddressSpace;
  /** The last page frame of RAM: `blk_max_pfn`. -1 without RAM. */
  readonly maxRamPfn: number;
  private readonly starts: Float64Array;
  /** The last answer: I/O asks about neighbours. */
  private last: Extent | undefined = undefined;

  constructor(spec: MachineSpec) {
    this.space = addressSpaceOf(spec.kernel);
    const leaves = withHoles(spec.memory.ranges.flatMap((range) => flatten(range, undefined)));
    const present = withMemmap(leaves, this.space.sectionSize);
    this.extents = leaves.flatMap((leaf) => cut(leaf, present));
    const ram = this.extents.filter((extent) => extent.kind === 'ram');
    this.maxRamPfn = Math.floor((ram.at(-1)?.end ?? 0) / 4096) - 1;
    this.starts = Float64Array.from(this.extents, (extent) => extent.start);
  }

  /** The extent holding this byte; `undefined` past the end of what is known. */
  at(address: number): Extent | undefined {
    const { last } = this;
    if (last && address >= last.start && address < last.end) return last;
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    const extent = this.extents[low - 1];
    if (!extent || address >= extent.end) return undefined;
    this.last = extent;
    return extent;
  }

  /** `pfn_valid`, and who the page belongs to. */
  pageOwner(pfn: number): PageOwner {
    return this.at(pfn * 4096)?.page ?? 'none';
  }

  hasPage(pfn: number): boolean {
    return this.pageOwner(pfn) !== 'none';
  }

  /** True where the direct map (PAGE_OFFSET) reaches: RAM, the first MiB, and ZONE_DEVICE pages, below HIGHMEM. */
  directMapped(address: number): boolean {
    if (address >= this.space.lowmem) return false;
    const extent = this.at(address);
    return extent?.kind === 'ram' || extent?.page === 'device' || address < 0x100000;
  }

  totals(): MapTotals {
    const sum = (test: (extent: Extent) => boolean) =>
      this.extents.reduce((bytes, extent) => (test(extent) ? bytes + (extent.end - extent.start) : bytes), 0);
    const ram = sum((e) => e.kind === 'ram');
    const pmem = sum((e) => e.kind === 'pmem');
    const pmemWithoutPages = sum((e) => e.kind === 'pmem' && e.page === 'none');
    const described = sum((e) => e.page !== 'none');
    return {
      ram,
      pmem,
      pmemWithoutPages,
      memmap: (described / 4096) * this.space.structPageSize,
      memmapSaved: (pmemWithoutPages / 4096) * this.space.structPageSize,
    };
  }
}

/** Leaves of the resource tree. A child that says nothing new (same kind, same pages) stays part of its parent. */
function flatten(range: MemoryRange, inherited: Leaf | undefined): Leaf[] {
  const structPages = range.structPages ?? inherited?.structPages ?? 'none';
  const same =
    inherited?.owner?.kind === range.kind && inherited.structPages === structPages && !range.structPages;
  const self: Leaf = {
    start: phys(range.start),
    end: phys(range.end),
    owner: same ? inherited.owner : range,
    structPages,
    assumed: range.assumed ?? (same ? inherited.assumed : undefined),
  };
  const leaves: Leaf[] = [];
  let at: Phys = self.start;
  for (const child of range.children ?? []) {
    const start = phys(child.start);
    if (start > at) leaves.push({ ...self, start: at, end: start });
    leaves.push(...flatten(child, self));
    at = Math.max(at, phys(child.end)) as Phys;
  }
  if (at < self.end) leaves.push({ ...self, start: at });
  return join(leaves);
}

function join(leaves: readonly Leaf[]): Leaf[] {
  const joined: Leaf[] = [];
  for (const leaf of leaves) {
    const last = joined.at(-1);
    if (last?.owner === leaf.owner && last?.end === leaf.start)
      joined[joined.length - 1] = { ...last, end: leaf.end };
    else joined.push(leaf);
  }
  return joined;
}

function withHoles(leaves: readonly Leaf[]): Leaf[] {
  const all: Leaf[] = [];
  let at = 0 as Phys;
  for (const leaf of leaves) {
    if (leaf.start > at)
      all.push({ start: at, end: leaf.start, owner: undefined, structPages: 'none', assumed: undefined });
    all.push(leaf);
    at = leaf.end;
  }
  return all;
}

/**
 * What has a memmap because RAM is near. SPARSEMEM: each section with any RAM in it, whole (`memory_present` works
 * by section). FLATMEM (`sectionSize` 0): everything from pfn 0 to the last of RAM.
 */
function withMemmap(leaves: readonly Leaf[], sectionSize: number): PhysRange[] {
  const ram = leaves.filter((leaf) => leaf.owner?.kind === 'ram');
  if (sectionSize === 0) return ram.length > 0 ? [{ start: 0 as Phys, end: ram.at(-1)!.end }] : [];
  const present: { start: Phys; end: Phys }[] = [];
  for (const leaf of ram) {
    const start = (Math.floor(leaf.start / sectionSize) * sectionSize) as Phys;
    const end = (Math.ceil(leaf.end / sectionSize) * sectionSize) as Phys;
    const last = present.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end) as Phys;
    else present.push({ start, end });
  }
  return present;
}

/** Cuts a leaf where sections begin and end, so that each extent has one page owner. */
function cut(leaf: Leaf, present: readonly PhysRange[]): Extent[] {
  const about = {
    kind: leaf.owner?.kind ?? ('hole' as const),
    name: leaf.owner?.name ?? 'hole',
    structPages: leaf.structPages,
    assumed: leaf.assumed,
  };
  if (about.kind === 'ram') return [{ ...leafRange(leaf), ...about, page: 'memmap' }];
  if (leaf.structPages !== 'none') return [{ ...leafRange(leaf), ...about, page: 'device' }];
  const extents: Extent[] = [];
  let at = leaf.start;
  for (const section of present) {
    const start = Math.max(section.start, at) as Phys;
    const end = Math.min(section.end, leaf.end) as Phys;
    if (start >= end) continue;
    if (start > at) extents.push({ start: at, end: start, ...about, page: 'none' });
    extents.push({ start, end, ...about, page: 'section' });
    at = end;
  }
  if (at < leaf.end) extents.push({ start: at, end: leaf.end, ...about, page: 'none' });
  return extents;
}

function leafRange(leaf: Leaf): PhysRange {
  return { start: leaf.start, end: leaf.end };
}
