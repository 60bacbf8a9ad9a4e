import { PAGE_SIZE } from '../../model/address';
import type { DmaLayer } from '../dma/layer';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';
import { PhysicalBytes } from '../memory/bytes';
import { REQ_DISCARD, REQ_WRITE } from '../block/flags';
import type { Disk } from '../block/queue';
import type { Request } from '../block/requests';

/** What becomes of discarded bytes: a hole that reads as zeroes, or - nothing being promised - what was there. */
type Discards = 'zeroes' | 'keeps';

/** The bytes a disk keeps, by their place on it. Made when first written; what was never written reads as 0. */
export class Media {
  constructor(
    private readonly discards: Discards,
    /** What it held before the machine was made. */
    readonly bytes = new PhysicalBytes(),
  ) {}

  /** A discard has a length and no data: whatever vectors its bio may have are none of its. */
  private discard(kernel: Kernel, rq: Request): boolean {
    if ((rq.cmd_flags & REQ_DISCARD) === 0) return false;
    if (this.discards === 'zeroes' && kernel.copyBytes) this.bytes.erase(rq.__sector * 512, rq.__data_len);
    return true;
  }

  /**
   * Moves the data of a request between memory and the disk, entry by entry of its scatterlist, as DMA does. False: it
   * could not be mapped for the device.
   */
  transfer(kernel: Kernel, disk: Disk, rq: Request): boolean {
    if (this.discard(kernel, rq)) return true;
    const { sg, dma } = kernel;
    kernel.powerFailure?.caches.writing(disk, this.bytes, rq);
    const entries = kernel.block.blk_rq_map_sg(kernel, rq);
    if (dma) return dma.dma_map_sg(disk, rq) && this.moveRuns(kernel, dma, rq);
    const write = (rq.cmd_flags & REQ_WRITE) !== 0;
    const start = rq.__sector * 512;
    let at = start;
    for (let i = 0; i < entries; i++) {
      if (kernel.copyBytes) this.move(kernel, write, sg.phys[i]!, at, sg.length[i]!);
      at += sg.length[i]!;
    }
    kernel.bytesByDma += at - start;
    return true;
  }

  /** As above, through the bus addresses that the device was given. A function of its own: its closure keeps `at`. */
  private moveRuns(kernel: Kernel, dma: DmaLayer, rq: Request): true {
    const write = (rq.cmd_flags & REQ_WRITE) !== 0;
    const start = rq.__sector * 512;
    let at = start;
    dma.eachRun(rq, (memory, bytes) => {
      if (kernel.copyBytes) this.move(kernel, write, memory, at, bytes);
      at += bytes;
    });
    kernel.bytesByDma += at - start;
    return true;
  }

  private move(kernel: Kernel, write: boolean, memory: number, at: number, bytes: number): void {
    if (write) this.bytes.take(kernel.bytes, memory, at, bytes);
    else kernel.bytes.take(this.bytes, at, memory, bytes);
  }

  /** The same by a worker of the CPU that maps each page: what `where` cannot map, it faults on. */
  copyThroughPages(kernel: Kernel, disk: Disk, rq: Request, where: string): void {
    if (this.discard(kernel, rq)) return;
    const { bvecs } = kernel;
    const write = (rq.cmd_flags & REQ_WRITE) !== 0;
    let at = rq.__sector * 512;
    for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
      let bv = bio.bi_io_vec + bio.bi_idx;
      let done = bio.bi_bvec_done;
      for (let left = bio.bi_size; left > 0;) {
        const offset = bvecs.offset[bv]! + done;
        const len = Math.min(left, bvecs.len[bv]! - done, PAGE_SIZE - (offset % PAGE_SIZE));
        const page = kernel.posting.bvec_page(
          bvecs.pfn[bv]! + Math.floor(offset / PAGE_SIZE),
          bvecs.dev[bv]!,
        );
        const mem = physThroughKmap(kernel, page, where) + (offset % PAGE_SIZE);
        if (kernel.copyBytes) {
          if (write) this.bytes.take(kernel.bytes, mem, at, len);
          else kernel.bytes.take(this.bytes, at, mem, len);
        }
        kernel.bytesCopied += len;
        kernel.trace.bio(kernel.trace.id.copy_page_to_iter, disk.id, bio, mem, at, len, 0, rq.cmd_flags);
        at += len;
        left -= len;
        done += len;
        if (done === bvecs.len[bv]) {
          bv++;
          done = 0;
        }
      }
    }
  }

  /** Pages of the disk that hold something. */
  get pages(): number {
    return this.bytes.populated;
  }
}
