import { bio_alloc, bio_endio, bio_put } from '../block/bio';
import { bio_clone_fast } from '../block/clone';
import { WRITE_FLUSH } from '../block/flags';
import { bio_advance } from '../block/iter';
import type { Bio } from '../block/tables';
import type { Kernel } from '../kernel';

/** A bio that goes on in parts: how many have not come back, and what went wrong. */
interface Pending {
  count: number;
  error: number;
}

/** What is to be done when a part is back, before its bio may end. `offset`: where in the bio it began, in bytes. */
export type PartEnd = (error: number, offset: number) => void;

/** Sends parts of a bio to devices below as clones that share its vectors; the bio ends when all are back. */
export class Parts {
  private readonly pending = new Map<Bio, Pending>();

  constructor(
    private readonly kernel: Kernel,
    private readonly id: number,
  ) {}

  begin(bio: Bio): void {
    this.pending.set(bio, { count: 1, error: 0 });
  }

  /** Sectors from `skip` on, `sectors` of them, go to `sector` of a device. */
  send(bio: Bio, bdev: number, sector: number, skip: number, sectors: number, end?: PartEnd): void {
    const { kernel } = this;
    const { trace } = kernel;
    this.pending.get(bio)!.count++;
    const clone = bio_clone_fast(kernel, bio);
    if (skip > 0) bio_advance(kernel, clone, skip * 512);
    clone.bi_size = sectors * 512;
    const from = clone.bi_sector;
    clone.bi_bdev = kernel.bdevs[bdev]!;
    clone.bi_sector = sector;
    clone.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      end?.(error, skip * 512);
      this.done(bio, error);
    };
    trace.bio(trace.id.block_bio_remap, bdev, clone, sector, from, sectors, this.id, clone.bi_rw);
    kernel.block.generic_make_request(kernel, clone);
  }

  /** One part is back; after the last one the bio ends. */
  done(bio: Bio, error: number): void {
    const pending = this.pending.get(bio)!;
    if (error !== 0) pending.error = error;
    if (--pending.count > 0) return;
    this.pending.delete(bio);
    bio_endio(this.kernel, bio, pending.error);
  }

  /** An empty flush of a device. */
  emptyFlush(bdev: number, end: (error: number) => void): void {
    const { kernel } = this;
    const flush = bio_alloc(kernel, bdev, 0, 0, 0);
    flush.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      end(error);
    };
    kernel.block.submit_bio(kernel, WRITE_FLUSH, flush);
  }
}
