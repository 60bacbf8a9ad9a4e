import type { DmaDevice, DmaDirection } from '../dma-ops';

/** What kind of function mapped: `dma_debug_single` and so on, as `type2name` spells them ("scather" is the kernel's). */
export type MappedAs = 'single' | 'page' | 'scather-gather' | 'coherent';

/** `struct dma_debug_entry`: one mapping that is active. Addresses and sizes in bytes. */
export interface DmaDebugEntry {
  readonly type: MappedAs;
  readonly device: DmaDevice;
  readonly pfn: number;
  readonly offset: number;
  readonly dev_addr: number;
  readonly size: number;
  readonly direction: DmaDirection;
  /** `nents` given to dma_map_sg, and what it gave; 0 for the other kinds. */
  readonly sg_call_ents: number;
  readonly sg_mapped_ents: number;
  map_err_type: 'not applicable' | 'not checked' | 'checked';
}

/** What is looked for: `pfn` and `offset` are no part of it. */
export type Reference = Pick<
  DmaDebugEntry,
  'type' | 'device' | 'dev_addr' | 'size' | 'direction' | 'sg_call_ents'
>;

const HASH_SIZE = 1024;
/** A bucket holds the mappings that begin in 8 KiB of bus addresses, and in every 8 MiB further on. */
const BUCKET_BYTES = 8192;
/** What `dma_get_max_seg_size` says of a device that never told. */
const DEFAULT_MAX_SEG_SIZE = 65536;

/** `dma_entry_hash`: every active mapping, by its bus address (4.1: lib/dma-debug.c). */
export class DmaEntries {
  private readonly buckets: DmaDebugEntry[][] = Array.from({ length: HASH_SIZE }, () => []);

  add(entry: DmaDebugEntry): void {
    this.bucketOf(entry.dev_addr).push(entry);
  }

  delete(entry: DmaDebugEntry): void {
    const bucket = this.bucketOf(entry.dev_addr);
    bucket.splice(bucket.indexOf(entry), 1);
  }

  /** Entries of a device that begin at this bus address, oldest first. */
  at(device: DmaDevice, dev_addr: number): DmaDebugEntry[] {
    return this.bucketOf(dev_addr).filter((e) => e.dev_addr === dev_addr && e.device === device);
  }

  /** `device_dma_allocations`: all entries of a device, in the order of the buckets. */
  of(device: DmaDevice): DmaDebugEntry[] {
    return this.buckets.flat().filter((entry) => entry.device === device);
  }

  bucket_find_exact(ref: Reference): DmaDebugEntry | undefined {
    return bestFit(this.at(ref.device, ref.dev_addr), ref);
  }

  /**
   * The mapping that holds a range. It is looked for in the bucket of the range's own address, then in those before it,
   * but no further than a segment of the device may be long: of a longer mapping, the end is not found.
   */
  bucket_find_contain(ref: Reference): DmaDebugEntry | undefined {
    const reach = ref.device.max_segment_size ?? DEFAULT_MAX_SEG_SIZE;
    const end = ref.dev_addr + ref.size;
    for (let range = 0; range <= reach; range += BUCKET_BYTES) {
      const found = bestFit(
        this.bucketOf(ref.dev_addr - range).filter(
          (e) => e.device === ref.device && e.dev_addr <= ref.dev_addr && e.dev_addr + e.size >= end,
        ),
        ref,
      );
      if (found) return found;
    }
    return undefined;
  }

  private bucketOf(dev_addr: number): DmaDebugEntry[] {
    const index = Math.floor(dev_addr / BUCKET_BYTES) % HASH_SIZE;
    return this.buckets[index < 0 ? index + HASH_SIZE : index]!;
  }
}

/** `__hash_bucket_find`: the first that fits in all respects, or the only one; of several that fit in part, none. */
function bestFit(matches: readonly DmaDebugEntry[], ref: Reference): DmaDebugEntry | undefined {
  const perfect = matches.find(
    (e) =>
      e.size === ref.size &&
      e.type === ref.type &&
      e.direction === ref.direction &&
      e.sg_call_ents === ref.sg_call_ents,
  );
  return perfect ?? (matches.length === 1 ? matches[0] : undefined);
}
