import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDirection } from '../dma-ops';
import { PAGE_SIZE } from '../../../model/address';
import type { DmaDebugEntry, Reference } from './entries';

/** `0x%016llx`, as every report writes an address. */
export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

export function directionName(direction: DmaDirection): string {
  return ['DMA_BIDIRECTIONAL', 'DMA_TO_DEVICE', 'DMA_FROM_DEVICE'][direction]!;
}

/**
 * What `check_unmap` has against an unmap of `entry`, in its order: one wrong unmap can give several reports. `phys`: of
 * coherent memory, what stands for its place.
 */
export function* unmapFaults(entry: DmaDebugEntry, ref: Reference, phys?: number): Generator<string> {
  const frees = 'device driver frees DMA memory with';
  const where = `[device address=${hex16(ref.dev_addr)}]`;
  const what = `${where} [size=${ref.size} bytes]`;
  if (ref.size !== entry.size)
    yield `${frees} different size ${where} [map size=${entry.size} bytes] [unmap size=${ref.size} bytes]`;
  const placed = entry.pfn * PAGE_SIZE + entry.offset;
  if (ref.type !== entry.type)
    yield `${frees} wrong function ${what} [mapped as ${entry.type}] [unmapped as ${ref.type}]`;
  else if (phys !== undefined && phys !== placed)
    yield `${frees} different CPU address ${what} [cpu alloc address=${hex16(placed)}] [cpu free address=${hex16(phys)}]`;
  if (ref.type === 'scather-gather' && ref.sg_call_ents !== entry.sg_call_ents)
    yield `device driver frees DMA sg list with different entry count [map count=${entry.sg_call_ents}] [unmap count=${ref.sg_call_ents}]`;
  if (ref.direction !== entry.direction)
    yield `${frees} different direction ${what} [mapped with ${directionName(entry.direction)}] [unmapped with ${directionName(ref.direction)}]`;
  if (entry.map_err_type === 'not checked')
    yield `device driver failed to check map error${what} [mapped as ${entry.type}]`;
}

/**
 * What `check_sync` has against a sync of `entry`. A bidirectional mapping takes every direction. That the range is
 * longer than the mapping is tested there, too, but such a range is in no mapping, so it is not found.
 */
export function* syncFaults(entry: DmaDebugEntry, ref: Reference, to_cpu: boolean): Generator<string> {
  if (entry.direction === DMA_BIDIRECTIONAL) return;
  const syncs = 'device driver syncs';
  const what =
    `[device address=${hex16(ref.dev_addr)}] [size=${entry.size} bytes] ` +
    `[mapped with ${directionName(entry.direction)}] [synced with ${directionName(ref.direction)}]`;
  if (ref.direction !== entry.direction) yield `${syncs} DMA memory with different direction ${what}`;
  if (to_cpu && entry.direction !== DMA_FROM_DEVICE && ref.direction !== DMA_TO_DEVICE)
    yield `${syncs} device read-only DMA memory for cpu ${what}`;
  if (!to_cpu && entry.direction !== DMA_TO_DEVICE && ref.direction !== DMA_FROM_DEVICE)
    yield `${syncs} device write-only DMA memory to device ${what}`;
}
