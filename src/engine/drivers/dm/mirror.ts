import type { DmTarget } from '../../../model/target-spec';
import { bio_endio } from '../../block/bio';
import { REQ_DISCARD, REQ_FLUSH, REQ_WRITE } from '../../block/flags';
import type { Bio } from '../../block/tables';
import { EIO, EOPNOTSUPP } from '../../errno';
import type { Kernel } from '../../kernel';
import type { Find } from '../driver';
import { dm_io, type Region } from './mirror-io';
import { REGION, Regions } from './mirror-regions';
import { linearTarget, type Target } from './target';

/** `struct mirror`: a leg. Sectors. */
interface Mirror {
  readonly bdev: number;
  readonly start: number;
  readonly sectors: number;
  error_count: number;
}

/** `struct dm_bio_details`: what a clone was before it went below, and which leg it went to. */
type Details = Pick<Bio, 'bi_bdev' | 'bi_flags' | 'bi_sector' | 'bi_size' | 'bi_idx' | 'bi_bvec_done'> & {
  readonly leg: number;
};

/**
 * drivers/md/dm-raid1.c over drivers/md/dm-io.c, without `handle_errors`: reads go to the first leg that never failed, as clones,
 * and are tried on another where they fail; writes go to a worker, for which dm-io makes bios of its own. A write that one leg
 * takes went well. From then on, the first leg alone says what is in that region.
 */
export function mirror(spec: Extract<DmTarget, { type: 'mirror' }>, find: Find): Target {
  const first = spec.legs[0]!;
  const base = linearTarget('mirror', { ...spec, device: first.device, offset: first.offset }, find);
  const legs = spec.legs.map(({ device, offset = 0 }): Mirror => {
    const { bdev } = find(device);
    return { bdev, start: offset, sectors: spec.sectors, error_count: 0 };
  });
  const set = new MirrorSet(spec.start, legs);
  return {
    ...base,
    devices: legs,
    max_io_len: REGION,
    device: () => Math.max(set.choose_mirror(), 0),
    sector: (sector) => legs[Math.max(set.choose_mirror(), 0)]!.start + sector - spec.start,
    places: (sector) => legs.map(({ bdev, start }) => [bdev, start + sector - spec.start]),
    map: (kernel, clone) => set.map(kernel, clone),
    end_io: (kernel, clone, error) => set.end_io(kernel, clone, error),
  };
}

/** `struct mirror_set` and its worker, kmirrord. */
class MirrorSet {
  private readonly regions: Regions;
  private readonly reads: Bio[] = [];
  private readonly writes: Bio[] = [];
  private readonly failures: Bio[] = [];
  private woken = false;
  private readonly details = new Map<Bio, Details>();
  private readonly ended = new Map<Bio, () => void>();

  constructor(
    private readonly start: number,
    private readonly mirrors: readonly Mirror[],
  ) {
    this.regions = new Regions(start);
  }

  /** The first leg, then from the last one back; -1 where all have failed. */
  choose_mirror(): number {
    const order = this.mirrors.map((_leg, n) => (this.mirrors.length - n) % this.mirrors.length);
    return order.find((n) => this.mirrors[n]!.error_count === 0) ?? -1;
  }

  map(kernel: Kernel, clone: Bio): 'remapped' | 'submitted' | number {
    if (clone.bi_rw & REQ_WRITE) return this.queue_bio(kernel, this.writes, clone);
    if (!this.regions.log_in_sync(clone)) return this.queue_bio(kernel, this.reads, clone);
    const leg = this.choose_mirror();
    if (leg < 0) {
      kernel.refusal = 'mirror_map: every leg has failed before';
      return -EIO;
    }
    const { bi_bdev, bi_flags, bi_sector, bi_size, bi_idx, bi_bvec_done } = clone;
    this.details.set(clone, { bi_bdev, bi_flags, bi_sector, bi_size, bi_idx, bi_bvec_done, leg });
    return 'remapped';
  }

  /** A read that failed is tried on another leg, once, by the worker. */
  end_io(kernel: Kernel, clone: Bio, error: number): number | 'incomplete' {
    this.ended.get(clone)?.();
    this.ended.delete(clone);
    const details = this.details.get(clone);
    this.details.delete(clone);
    if (clone.bi_rw & REQ_WRITE || error === 0 || error === -EOPNOTSUPP || !details) return error;
    const { leg, ...before } = details;
    const failed = this.mirrors[leg]!;
    failed.error_count++;
    Object.assign(clone, before);
    if (!this.readsElsewhere(kernel, clone, failed)) return error;
    clone.bi_error = 0;
    clone.bi_remaining++;
    this.queue_bio(kernel, this.reads, clone);
    return 'incomplete';
  }

  /** `default_ok` or `mirror_available`, after `failed` failed a read. */
  private readsElsewhere(kernel: Kernel, bio: Bio, failed: Mirror): boolean {
    const again =
      this.mirrors[0]!.error_count === 0 || (this.regions.log_in_sync(bio) && this.choose_mirror() >= 0);
    const { name } = kernel.bdevs[failed.bdev]!;
    const rule = `mirror_end_io: ${name} failed a read: ${again ? 'another leg is asked' : 'no leg is left to ask'}`;
    kernel.trace.rule('mirror_end_io', bio.bi_bdev.id, bio, bio.bi_sector, 0, rule);
    return again;
  }

  private queue_bio(kernel: Kernel, list: Bio[], bio: Bio): 'submitted' {
    list.push(bio);
    if (!this.woken) {
      this.woken = true;
      kernel.loop.soon(() => {
        this.woken = false;
        this.do_mirror(kernel);
      }, bio);
    }
    return 'submitted';
  }

  private do_mirror(kernel: Kernel): void {
    const lists = [this.reads, this.writes, this.failures].map((list) => list.splice(0));
    const [reads, writes, failures] = lists as [Bio[], Bio[], Bio[]];
    for (const bio of reads) this.do_read(kernel, bio);
    for (const bio of writes) this.ended.set(bio, this.regions.inc(bio));
    for (const bio of writes) this.do_write(kernel, bio);
    for (const bio of failures) this.do_failure(kernel, bio);
  }

  private do_read(kernel: Kernel, bio: Bio): void {
    const first = this.mirrors[0]!.error_count === 0 ? 0 : -1;
    const leg = this.regions.in_sync(bio) ? this.choose_mirror() : first;
    if (leg < 0) {
      kernel.refusal = 'do_reads: no leg that has not failed has this region';
      bio_endio(kernel, bio, -EIO);
      return;
    }
    dm_io(kernel, [this.regionOn(leg, bio)], bio, (k, failed) => {
      if (failed.length === 0) {
        bio_endio(k, bio, 0);
        return;
      }
      this.mirrors[leg]!.error_count++;
      const again = this.readsElsewhere(k, bio, this.mirrors[leg]!);
      if (again) this.queue_bio(k, this.reads, bio);
      else bio_endio(k, bio, -EIO);
    });
  }

  private do_write(kernel: Kernel, bio: Bio): void {
    const everywhere = (bio.bi_rw & (REQ_FLUSH | REQ_DISCARD)) !== 0 || this.regions.in_sync(bio);
    if (!everywhere) {
      const { bdev, sector } = this.regionOn(0, bio);
      bio.bi_bdev = kernel.bdevs[bdev]!;
      bio.bi_sector = sector;
      kernel.block.generic_make_request(kernel, bio);
      return;
    }
    const regions = this.mirrors.map((_leg, n) => this.regionOn(n, bio));
    dm_io(kernel, regions, bio, (k, failed) => {
      if (failed.length === 0) bio_endio(k, bio, 0);
      else if (bio.bi_rw & REQ_DISCARD) bio_endio(k, bio, -EOPNOTSUPP);
      else {
        for (const n of failed) this.mirrors[n]!.error_count++;
        this.queue_bio(k, this.failures, bio);
      }
    });
  }

  /** With a leg left that never failed, it is as if the write had gone well. */
  private do_failure(kernel: Kernel, bio: Bio): void {
    const rule = this.regions.mark_nosync(bio);
    kernel.trace.rule(
      'dm_rh_mark_nosync',
      bio.bi_bdev.id,
      bio,
      bio.bi_sector,
      0,
      `dm_rh_mark_nosync: ${rule}`,
    );
    bio_endio(kernel, bio, this.choose_mirror() >= 0 ? 0 : -EIO);
  }

  /** `map_region`. */
  private regionOn(leg: number, bio: Bio): Region {
    const { bdev, start } = this.mirrors[leg]!;
    return { bdev, sector: bio.bi_size === 0 ? 0 : start + bio.bi_sector - this.start };
  }
}
