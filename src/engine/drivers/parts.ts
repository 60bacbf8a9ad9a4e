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

/**
 * What is to be done when a part is back, before its bio may end. `offset`: where in the bio it began, in bytes. May give the
 * errno that the bio is to know of instead.
 */
export type PartEnd = (error: number, offset: number) => number | undefined;

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
    this.hold(bio);
    let waits = 1;
    let failed = 0;
    const ended = (error: number) => {
      if (error !== 0) failed = error;
      if (--waits > 0) return;
      const kept = end?.(failed, skip * 512);
      this.done(bio, kept ?? failed);
    };
    for (let done = 0; ;) {
      waits++;
      done += this.clone(bio, bdev, sector + done, skip + done, sectors - done, ended);
      if (done >= sectors) break;
    }
    ended(0);
  }

  /** Sends what the device takes at once; gives how many sectors that was. */
  private clone(
    bio: Bio,
    bdev: number,
    sector: number,
    skip: number,
    sectors: number,
    ended: (error: number) => void,
  ): number {
    const { kernel } = this;
    const { trace } = kernel;
    const clone = bio_clone_fast(kernel, bio);
    if (skip > 0) bio_advance(kernel, clone, skip * 512);
    clone.bi_size = sectors * 512;
    const from = clone.bi_sector;
    clone.bi_bdev = kernel.bdevs[bdev]!;
    clone.bi_sector = sector;
    const part = sectors === 0 ? 0 : Math.min(sectors, kernel.block.max_part(kernel, clone));
    clone.bi_size = part * 512;
    clone.bi_end_io = (k, one, error) => {
      bio_put(k, one);
      ended(error);
    };
    trace.bio(trace.id.block_bio_remap, bdev, clone, sector, from, part, this.id, clone.bi_rw);
    kernel.block.generic_make_request(kernel, clone);
    return part;
  }

  /** The bio waits for something more: it needs a `done` for it. */
  hold(bio: Bio): void {
    this.pending.get(bio)!.count++;
  }

  /** One part is back; after the last one the bio ends. */
  done(bio: Bio, error: number): void {
    const pending = this.pending.get(bio)!;
    if (error !== 0) pending.error = error;
    if (--pending.count > 0) return;
    this.pending.delete(bio);
    bio_endio(this.kernel, bio, pending.error);
  }

  /** One device after the other; gives the first errno. */
  flushBoth(first: number, second: number, end: (error: number) => void): void {
    this.emptyFlush(first, (failed) => {
      this.emptyFlush(second, (error) => end(failed || error));
    });
  }

  /** An empty flush of a device. A worker goes on after it: where a request ends, nothing may be sent that has to wait. */
  emptyFlush(bdev: number, end: (error: number) => void): void {
    const { kernel } = this;
    const flush = bio_alloc(kernel, bdev, 0, 0, 0);
    flush.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      k.loop.soon(end, error);
    };
    kernel.block.submit_bio(kernel, WRITE_FLUSH, flush);
  }
}
