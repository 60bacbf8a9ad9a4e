import { PAGE_SIZE } from '../../../model/address';
import { EINVAL } from '../../errno';
import { SgChunks, SG_MAX_SINGLE_ALLOC, sg_mark_end, sg_set_page, type Scatterlist } from './scatterlist';

/** Without a limit, as a caller without one gives: UINT_MAX. */
export const NO_MAX_SEGMENT = 2 ** 32 - 1;

/** Where the run of neighbours ends that begins at page `from`. `max`: bytes, a multiple of the page. */
function endOfRun(pfns: readonly number[], from: number, max: number): number {
  let end = from + 1;
  while (end < pfns.length && pfns[end] === pfns[end - 1]! + 1 && (end - from) * PAGE_SIZE < max) end++;
  return end;
}

function runs(pfns: readonly number[], max: number): { readonly from: number; readonly pages: number }[] {
  const found: { from: number; pages: number }[] = [];
  // There is always a first run, even of no page.
  for (let from = 0; from < Math.max(pfns.length, 1);) {
    const end = endOfRun(pfns, from, max);
    found.push({ from, pages: end - from });
    from = end;
  }
  return found;
}

/** Gives each run its entry. `offset` bytes into the first page the data begins; the last entry holds what is left. */
function* entries(pfns: readonly number[], max: number, offset: number, size: number) {
  let left = size;
  for (const { from, pages } of runs(pfns, max)) {
    const start = from === 0 ? offset : 0;
    const bytes = pages * PAGE_SIZE - start;
    yield { pfn: pfns[from] ?? 0, length: Math.min(left, bytes), offset: start };
    // An unsigned long: pages behind the end of the data are taken whole.
    left = left >= bytes ? left - bytes : 2 ** 64;
  }
}

/** `sg_alloc_table_from_pages` of 4.1: neighbours share an entry, however long it gets. Sizes in bytes. */
export function sg_alloc_table_from_pages(
  pfns: readonly number[],
  offset: number,
  size: number,
): { table: SgChunks; ret: number } {
  const all = [...entries(pfns, Infinity, offset, size)];
  const { table, ret } = SgChunks.alloc(all.length);
  let i = 0;
  for (const sg of table) sg_set_page(sg, all[i]!.pfn, all[i]!.length, all[i++]!.offset);
  return { table, ret };
}

/**
 * `struct sg_append_table` of 6.12: a table that grows by pages, entries no longer than a segment may be. Compared row by
 * row with the kernel's own self-test (tools/testing/scatterlist). Pages with a pgmap are taken to have the same one.
 */
export class SgAppendTable {
  readonly table = new SgChunks();
  /** Entries that were allocated and are no links. */
  total_nents = 0;
  private prv: Scatterlist | undefined;
  /** Where `prv` is: its chunk is the last one. */
  private at = -1;

  /** `left_pages`: how many more are to come; the end is marked when none is. Gives 0 or -EINVAL. */
  sg_alloc_append_table_from_pages(
    pfns: readonly number[],
    offset: number,
    size: number,
    max_segment: number,
    left_pages: number,
  ): number {
    const max = max_segment - (max_segment % PAGE_SIZE);
    // The kernel warns of both.
    if (max < PAGE_SIZE || (this.prv && offset !== 0)) return -EINVAL;
    const rest = this.prv ? pfns.slice(extend(this.prv, pfns, max)) : pfns;
    if (rest.length > 0 || !this.prv) {
      const all = [...entries(rest, max, offset, size)];
      for (const [i, { pfn, length, offset: start }] of all.entries()) {
        this.prv = this.get_next_sg(all.length - i + left_pages);
        sg_set_page(this.prv, pfn, length, start);
      }
      this.table.nents += all.length;
      this.table.orig_nents = this.table.nents;
    }
    if (left_pages === 0) sg_mark_end(this.prv!);
    return 0;
  }

  /** The next free entry. The last one of a chunk becomes a link, unless nothing else is needed. */
  private get_next_sg(needed: number): Scatterlist {
    const chunk = this.table.chunks.at(-1);
    if (chunk) {
      this.at++;
      if (this.at < chunk.length - 1 || needed === 1) return chunk[this.at]!;
    }
    const size = Math.min(needed, SG_MAX_SINGLE_ALLOC);
    this.table.addChunk(size);
    this.total_nents += chunk ? size - 1 : size;
    this.at = 0;
    return this.table.chunks.at(-1)![0]!;
  }
}

/** Joins pages that follow the last entry to it; gives how many. */
function extend(prv: Scatterlist, pfns: readonly number[], max: number): number {
  const next = Math.floor((prv.pfn * PAGE_SIZE + prv.offset + prv.length) / PAGE_SIZE);
  let taken = 0;
  while (taken < pfns.length && pfns[taken] === next + taken && prv.length + PAGE_SIZE <= max) {
    prv.length += PAGE_SIZE;
    taken++;
  }
  return taken;
}

/** `sg_alloc_table_from_pages_segment` of 6.12. */
export function sg_alloc_table_from_pages_segment(
  pfns: readonly number[],
  offset: number,
  size: number,
  max_segment: number,
): { table: SgChunks; ret: number } {
  const append = new SgAppendTable();
  const ret = append.sg_alloc_append_table_from_pages(pfns, offset, size, max_segment, 0);
  return { table: append.table, ret };
}
