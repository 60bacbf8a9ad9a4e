import { Columns } from '../columns';

/**
 * A scatterlist as columns; one table serves a queue, whose requests are mapped one after the other. Physical
 * addresses and lengths in bytes. Chain links take no entry here.
 */
export class SgTable extends Columns {
  phys = new Float64Array(128);
  length = new Float64Array(128);
  /** 1 where the entry's page frame has no struct page. */
  dev = new Uint8Array(128);
  /** Where the device finds the entry, and how many bytes of it: what the DMA ops gave. */
  dma_address = new Float64Array(128);
  dma_length = new Float64Array(128);
  /** Pages from the entry's own page to where its data begins: 0 but for a driver with an offset of a page or more. */
  skip = new Uint32Array(128);
  /** Entries in use: what `blk_rq_map_sg` gave. */
  nents = 0;

  clear(): void {
    this.nents = 0;
  }

  /** `sg_set_page` on the next entry. */
  add(phys: number, length: number, dev: number, skip = 0): void {
    if (this.nents === this.phys.length) this.widen();
    this.phys[this.nents] = phys;
    this.length[this.nents] = length;
    this.dev[this.nents] = dev;
    this.skip[this.nents] = skip;
    this.nents++;
  }

  /** Makes the last entry longer. */
  extend(length: number): void {
    this.length[this.nents - 1]! += length;
  }

  /** Length of the last entry; 0 when there is none. */
  get lastLength(): number {
    return this.nents === 0 ? 0 : this.length[this.nents - 1]!;
  }
}
