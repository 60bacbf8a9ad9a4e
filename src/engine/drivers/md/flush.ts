import { bio_alloc, bio_chain_endio, bio_endio, bio_put } from '../../block/bio';
import { REQ_FLUSH, REQ_NOIDLE, REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { io_schedule } from '../../block/plug';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';

/** How an array flushes its devices for a bio with REQ_FLUSH: 4.1 runs one flush at a time (`mddev->flush_bio`). */
export class MdFlush {
  private flush_bio: Bio | undefined = undefined;
  private flush_pending = 0;

  constructor(
    /** Devices that are in the array now. */
    private readonly legs: () => readonly number[],
    private readonly make_request: (kernel: Kernel, bio: Bio) => void,
  ) {}

  /**
   * 6.12: an empty flush to every device, which the bio waits for like for its parts. Gives whether that was all: the
   * data of any other bio goes on at once, without REQ_PREFLUSH.
   */
  flushAlongside(kernel: Kernel, bio: Bio): boolean {
    for (const bdev of this.legs()) {
      const flush = bio_alloc(kernel, bdev, 0, 0, 0);
      flush.bi_private = bio;
      flush.bi_end_io = bio_chain_endio;
      bio.bi_remaining++;
      kernel.block.submit_bio(kernel, REQ_WRITE | REQ_FLUSH, flush);
    }
    if (bio.bi_size === 0) {
      bio_endio(kernel, bio, 0);
      return true;
    }
    bio.bi_rw &= ~REQ_FLUSH;
    return false;
  }

  /** 4.1: an empty flush to every device from a worker; the data of the bio follows without REQ_FLUSH. Gives true. */
  md_flush_request(kernel: Kernel, bio: Bio): boolean {
    while (this.flush_bio !== undefined) {
      if (!io_schedule(kernel)) throw new Error('an array waits for a flush that nothing will end');
    }
    this.flush_bio = bio;
    kernel.loop.soon(() => {
      this.submit_flushes(kernel);
    }, bio);
    return true;
  }

  private submit_flushes(kernel: Kernel): void {
    this.flush_pending = 1;
    for (const bdev of this.legs()) {
      const flush = bio_alloc(kernel, bdev, 0, 0, 0);
      flush.bi_end_io = (k, ended) => {
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
    }, this.flush_bio!);
  }

  private md_submit_flush_data(kernel: Kernel, bio: Bio): void {
    this.flush_bio = undefined;
    if (bio.bi_size === 0) bio_endio(kernel, bio, 0);
    else {
      bio.bi_rw &= ~REQ_FLUSH;
      this.make_request(kernel, bio);
    }
  }
}
