import { REQ_DISCARD, REQ_FLUSH } from '../../block/flags';
import type { Bio } from '../../block/tables';

/** `dm_rh_get_region_size` of a mirror whose table says nothing else. Sectors. */
export const REGION = 1024;

/**
 * Which regions the legs agree in: all of them at first, and none again that a write failed in, for no table is reloaded here
 * (4.1 drivers/md/dm-region-hash.c, dm-log.c).
 */
export class Regions {
  private readonly pending = new Map<number, number>();
  /** What the log says, by which a read is mapped; and the state of the region, by which the worker goes. */
  private readonly log = new Set<number>();
  private readonly nosync = new Set<number>();
  private flush_failure = false;

  /** `start`: the target's first sector. */
  constructor(private readonly start: number) {}

  of({ bi_sector }: Bio): number {
    return Math.floor((bi_sector - this.start) / REGION);
  }

  log_in_sync(bio: Bio): boolean {
    return !this.log.has(this.of(bio));
  }

  in_sync(bio: Bio): boolean {
    return !this.nosync.has(this.of(bio));
  }

  /** `dm_rh_inc_pending`: a write is on its way. Gives what tells that it has ended. */
  inc(bio: Bio): () => void {
    if (bio.bi_rw & (REQ_FLUSH | REQ_DISCARD)) return () => undefined;
    const region = this.of(bio);
    this.pending.set(region, (this.pending.get(region) ?? 0) + 1);
    return () => {
      const left = this.pending.get(region)! - 1;
      if (left > 0) this.pending.set(region, left);
      else {
        this.pending.delete(region);
        // After a flush that failed, nobody knows what of it is on which leg.
        if (this.flush_failure) this.nosync.add(region);
      }
    };
  }

  /** `dm_rh_mark_nosync`, of a write that a leg failed. Gives what that comes to. */
  mark_nosync(bio: Bio): string {
    if (bio.bi_rw & REQ_FLUSH) {
      this.flush_failure = true;
      return 'a leg failed a flush: from now on writes go to the first leg alone, but the log lets reads go to any';
    }
    const region = this.of(bio);
    if (bio.bi_rw & REQ_DISCARD) return `region ${region} stays as it is after a discard`;
    this.log.add(region);
    this.nosync.add(region);
    return `a leg failed a write to region ${region}: from now on the first leg alone has it`;
  }
}
