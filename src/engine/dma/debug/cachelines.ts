import type { DmaDebugEntry } from './entries';
import { DMA_TO_DEVICE } from '../dma-ops';

const L1_CACHE_SHIFT = 6;
const CACHELINES_PER_PAGE = 4096 >> L1_CACHE_SHIFT;
/** Three tag bits of a radix tree count how often a line is mapped beyond once. */
const ACTIVE_CACHELINE_MAX_OVERLAP = 7;

/** `dma_active_cacheline`: the first cache line of each mapping that a device may write to (4.1: lib/dma-debug.c). */
export class ActiveCachelines {
  private readonly lines = new Map<number, { overlap: number; readonly entry: DmaDebugEntry }>();
  private warned = false;

  /** `warn`: prints, the first time that a line is mapped more often than can be counted. */
  constructor(private readonly warn: (message: string) => void) {}

  insert(entry: DmaDebugEntry): void {
    if (entry.direction === DMA_TO_DEVICE) return;
    const line = lineOf(entry);
    const active = this.lines.get(line);
    if (!active) {
      this.lines.set(line, { overlap: 0, entry });
      return;
    }
    if (active.overlap < ACTIVE_CACHELINE_MAX_OVERLAP) {
      active.overlap++;
      return;
    }
    // The count stays where it is, so that a line which is still mapped can be taken for idle later.
    if (this.warned) return;
    this.warned = true;
    this.warn(
      `DMA-API: exceeded ${ACTIVE_CACHELINE_MAX_OVERLAP} overlapping mappings of cacheline ${padded(line)}`,
    );
  }

  remove(entry: DmaDebugEntry): void {
    if (entry.direction === DMA_TO_DEVICE) return;
    const line = lineOf(entry);
    const active = this.lines.get(line);
    if (active && --active.overlap < 0) this.lines.delete(line);
  }

  /** The mapping of a page's first line: 4.1 compares with no other line of the page. */
  startingAt(pfn: number): { readonly entry: DmaDebugEntry; readonly cln: string } | undefined {
    const line = pfn * CACHELINES_PER_PAGE;
    const active = this.lines.get(line);
    return active && { entry: active.entry, cln: padded(line) };
  }
}

function lineOf({ pfn, offset }: DmaDebugEntry): number {
  return pfn * CACHELINES_PER_PAGE + Math.floor(offset / (1 << L1_CACHE_SHIFT));
}

/** `%pa`: as many digits as an address has. */
function padded(line: number): string {
  return `0x${line.toString(16).padStart(16, '0')}`;
}
