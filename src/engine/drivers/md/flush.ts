import { bio_alloc, bio_chain_endio, bio_endio, bio_put } from '../../block/bio';
import { REQ_FLUSH, REQ_NOIDLE, REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { io_schedule } from '../../block/plug';
import { NONE } from '../../block/tables';
import type { Kernel } from '../../kernel';

/** How an array flushes its devices for a bio with REQ_FLUSH: 4.1 runs one flush at a time (`mddev->flush_bio`). */
export class MdFlush {
  private flush_bio = NONE;
  private flush_pending = 0;

  constructor(
    /** Devices that are in the array now. */
    private readonly legs: () => readonly number[],
    private readonly make_request: (kernel: Kernel, bio: number) => void,
  ) {}

  /**
   * 6.12: an empty flush to every device, which the bio waits for like for its parts. Gives whether that was all: the
   * data of any other bio goes on at once, without REQ_PREFLUSH.
   */
  flushAlongside(kernel: Kernel, bio: number): boolean {
    const { bios } = kernel;
    for (const bdev of this.legs()) {
      const flush = bio_alloc(kernel, bdev, 0, 0, 0);
      bios.bi_private[flush] = bio;
      bios.bi_end_io[flush] = bio_chain_endio;
      bios.bi_remaining[bio]!++;
      kernel.block.submit_bio(kernel, REQ_WRITE | REQ_FLUSH, flush);
    }
    if (bios.bi_size[bio] === 0) {
      bio_endio(kernel, bio, 0);
      return true;
    }
    bios.bi_rw[bio]! &= ~REQ_FLUSH;
    return false;
  }

  /** 4.1: an empty flush to every device from a worker; the data of the bio follows without REQ_FLUSH. Gives true. */
  md_flush_request(kernel: Kernel, bio: number): boolean {
    while (this.flush_bio !== NONE) {
      if (!io_schedule(kernel)) throw new Error('an array waits for a flush that nothing will end');
    }
    this.flush_bio = bio;
    kernel.loop.soon(() => {
      this.submit_flushes(kernel);
    }, bio);
    return true;
  }

  private submit_flushes(kernel: Kernel): void {
    const { bios } = kernel;
    this.flush_pending = 1;
    for (const bdev of this.legs()) {
      const flush = bio_alloc(kernel, bdev, 0, 0, 0);
      bios.bi_end_io[flush] = (k, ended) => {
        bio_put(k, ended);
        this.put(k);
      };
      this.flush_pending++;
      kernel.block.submit_bio(kernel, REQ_WRITE | REQ_SYNC | REQ_NOIDLE | REQ_FLUSH, flush);
    }
    this.put(kernel);
  }

  private put(kernel: Kernel): void {
    if (--this.flush_pending > 0) return;
    kernel.loop.soon((bio) => {
      this.md_submit_flush_data(kernel, bio);
    }, this.flush_bio);
  }

  private md_submit_flush_data(kernel: Kernel, bio: number): void {
    const { bios } = kernel;
    this.flush_bio = NONE;
    if (bios.bi_size[bio] === 0) bio_endio(kernel, bio, 0);
    else {
      bios.bi_rw[bio]! &= ~REQ_FLUSH;
      this.make_request(kernel, bio);
    }
  }
}
