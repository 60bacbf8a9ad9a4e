import type { DaxBdev } from './direct-access';
import { dax_map_bh, dax_unmap_bh, type DaxEra } from './map-bh';
import type { DaxFile } from './dax-file';

/** What fs/dax.c did, in order, for the Recording and for comparison with a kernel's probes. */
export type DaxStep =
  | {
      readonly call: 'bdev_direct_access';
      readonly sector: number;
      readonly size: number;
      readonly ret: number;
    }
  | {
      readonly call:
        'dax_fault' | 'do_dax_fault' | 'dax_pfn_mkwrite' | 'dax_zero_page_range' | 'dax_load_hole';
    }
  | { readonly call: 'dax_new_buf'; readonly head: number; readonly tail: number }
  | { readonly call: 'clear_page' | 'memset'; readonly bytes: number }
  | { readonly call: 'copy' | 'zero'; readonly bytes: number }
  | { readonly call: 'kmap_atomic_pfn_t' | 'kunmap_atomic_pfn_t' }
  | { readonly call: 'vm_insert_mixed'; readonly page: number }
  | { readonly call: 'dax_do_io'; readonly ret: number };

const PAGE = 4096;

/**
 * `dax_do_io`: read or write of a DAX file, extent by extent. Gives the bytes done, or a negative errno where none were.
 * A hole is read as zeros without asking the device; a new or unwritten block has its ends cleared first.
 */
export function dax_do_io(
  bdev: DaxBdev,
  file: DaxFile,
  write: boolean,
  start: number,
  length: number,
  steps: DaxStep[],
  era: DaxEra = '4.1',
): number {
  const end = write ? start + length : Math.min(start + length, file.size);
  let pos = start;
  let error = 0;
  while (pos < end) {
    const block = Math.floor(pos / PAGE);
    const first = pos - block * PAGE;
    const extent = file.get_block(block, Math.ceil((end - pos) / PAGE) * PAGE, write);
    const hole = !write && extent.kind !== 'data';
    if (hole) {
      const bytes = Math.min(extent.bytes - first, end - pos);
      steps.push({ call: 'zero', bytes });
      pos += bytes;
      continue;
    }
    const mapped = dax_map_bh(bdev, extent.sector, extent.bytes, steps, era);
    if (mapped.ret < 0) {
      error = mapped.ret;
      break;
    }
    if (extent.kind === 'unwritten' || extent.isNew) dax_new_buf(mapped.ret, first, pos, end, steps);
    const bytes = Math.min(mapped.ret - first, end - pos);
    steps.push({ call: 'copy', bytes });
    dax_unmap_bh(mapped, steps, era);
    pos += bytes;
    if (write) file.written(block, Math.ceil(pos / PAGE));
  }
  const ret = pos === start ? error : pos - start;
  if (write && pos > file.size) file.size = pos;
  steps.push({ call: 'dax_do_io', ret });
  return ret;
}

/** Clears what of the piece the write does not cover: before its start and after its end. */
function dax_new_buf(size: number, first: number, offset: number, end: number, steps: DaxStep[]): void {
  const final = end - offset + first;
  steps.push({ call: 'dax_new_buf', head: first, tail: Math.max(size - final, 0) });
}

/** `dax_clear_blocks`: page by page, with a chance to be preempted between pages. Gives 0 or a negative errno. */
export function dax_clear_blocks(
  bdev: DaxBdev,
  sector: number,
  size: number,
  steps: DaxStep[],
  era: DaxEra = '4.1',
): number {
  for (let left = size; left > 0;) {
    const mapped = dax_map_bh(bdev, sector + (size - left) / 512, left, steps, era);
    if (mapped.ret < 0) return mapped.ret;
    for (let done = 0; done < mapped.ret; done += PAGE) {
      const bytes = Math.min(PAGE, mapped.ret - done);
      steps.push({ call: bytes < PAGE ? 'memset' : 'clear_page', bytes });
    }
    dax_unmap_bh(mapped, steps, era);
    left -= mapped.ret;
  }
  return 0;
}

/** `dax_zero_page_range`: part of a page, for truncate and punch; nothing to do in a hole or an unwritten block. */
export function dax_zero_page_range(
  bdev: DaxBdev,
  file: DaxFile,
  from: number,
  length: number,
  steps: DaxStep[],
  era: DaxEra = '4.1',
): number {
  steps.push({ call: 'dax_zero_page_range' });
  if (length === 0) return 0;
  const extent = file.get_block(Math.floor(from / PAGE), PAGE, false);
  if (extent.kind !== 'data') return 0;
  const mapped = dax_map_bh(bdev, extent.sector, PAGE, steps, era);
  if (mapped.ret < 0) return mapped.ret;
  steps.push({ call: 'memset', bytes: length });
  dax_unmap_bh(mapped, steps, era);
  return 0;
}
