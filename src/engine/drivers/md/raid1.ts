import { bio_endio, bio_put } from '../../block/bio';
import { bio_clone_bioset } from '../../block/clone';
import {
  BIO_SEG_VALID,
  BIO_UPTODATE,
  QUEUE_FLAG_DISCARD,
  READ,
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_FUA,
  REQ_SECURE,
  REQ_SYNC,
  REQ_WRITE,
  REQ_WRITE_SAME,
} from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard, type Disk, type MergeBvec, type RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { stackLimits } from '../stack';
import { storedBelow } from '../stored-below';
import { MdFlush } from './flush';
import { MirrorThread } from './mirror-thread';
import { fix_read_error, MAX_CORR_READ_ERRORS } from './read-repair';
import { Mirrors } from './raid1-mirrors';

/** Every write to all devices, every read from the one that suits (drivers/md/raid1.c). */
export const raid1: Driver<'raid1'> = {
  name: 'raid1',
  access: 'passes-on',
  pageless:
    'Its clones keep BIO_PFN. A device that refuses one counts as failed: the write is then reported as good while a mirror lasts.',
  probe(kernel, spec, id, find) {
    const legs = spec.devices.map((leg) => {
      const found = find(leg.device);
      const offset = leg.offset ?? 0;
      return { bdev: found.bdev, offset, sectors: found.nr_sects - offset, failed: leg.failed ?? false };
    });
    const capacity = spec.sectors ?? Math.min(...legs.map((leg) => leg.sectors));
    const limits = blk_set_stacking_limits();
    limits.max_write_same_sectors = 0;
    for (const leg of legs) stackLimits(kernel, spec.name, id, limits, leg.bdev, leg.offset);
    const array = new Raid1(id, spec.name, new Mirrors(legs));
    const queue: RequestQueue = {
      limits,
      flags: legs.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue)) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (k, disk, bio) => {
        array.make_request(k, disk, bio);
      },
      merge_bvec_fn: raid1_mergeable_bvec(legs),
    };
    const found = spec.devices.map(({ device }) => find(device));
    const stored = storedBelow(found, (sector) => legs.map(({ bdev, offset }) => [bdev, sector + offset]));
    return { name: spec.name, id, capacity, queue: withSpec(queue, spec.queue), ...stored };
  },
};

/** `struct r1bio`: one I/O of the array, and its clones by device. */
interface R1bio {
  master_bio: Bio;
  remaining: number;
  /** How often its read was tried again. */
  retries: number;
  uptodate: boolean;
  writeError: boolean;
  readError: boolean;
  read_disk: number;
  /** Clones that have not come back well: undefined where there is nothing to look after. */
  readonly bios: (Bio | undefined)[];
}

/** After as many repairs that changed nothing, a read goes round in a circle. */
const RETRIES = 8;

class Raid1 {
  private readonly r1bios: R1bio[] = [];
  private readonly free: number[] = [];
  private readonly thread: MirrorThread;
  private readonly flush: MdFlush;

  constructor(
    private readonly id: number,
    private readonly name: string,
    private readonly mirrors: Mirrors,
  ) {
    this.thread = new MirrorThread(id);
    this.flush = new MdFlush(
      () => this.mirrors.working(),
      (kernel, bio) => {
        this.make_request(kernel, kernel.disk(this.id), bio);
      },
    );
  }

  make_request(kernel: Kernel, disk: Disk, submitted: Bio): void {
    // 4.1's raid1 passes FLUSH on with its clones; later kernels flush first.
    const bio = kernel.block.md_split(kernel, disk, submitted);
    if (
      bio.bi_rw & REQ_FLUSH &&
      kernel.block.md_flushes_first &&
      kernel.block.md_flush(kernel, this.flush, bio)
    )
      return;
    bio.bi_phys_segments = 0;
    bio.bi_flags &= ~BIO_SEG_VALID;
    const r1 = this.alloc(bio);
    if (bio.bi_rw & REQ_WRITE) this.write(kernel, disk, r1, bio);
    else this.read(kernel, disk, r1, bio, -1);
  }

  private alloc(bio: Bio): number {
    const r1 = this.free.pop() ?? this.r1bios.push(blank(bio, this.mirrors.count)) - 1;
    const r1bio = this.r1bios[r1]!;
    r1bio.master_bio = bio;
    r1bio.remaining = 1;
    r1bio.retries = 0;
    r1bio.uptodate = r1bio.writeError = r1bio.readError = false;
    r1bio.bios.fill(undefined);
    return r1;
  }

  private read(kernel: Kernel, disk: Disk, r1: number, bio: Bio, failed: number): void {
    const r1bio = this.r1bios[r1]!;
    const sector = bio.bi_sector;
    const at = this.mirrors.read_balance(kernel, sector, bio_sectors(bio), failed);
    if (at < 0) {
      kernel.trace.printk(
        this.id,
        bio,
        `md/raid1:${this.name}: unrecoverable I/O read error for block ${sector}`,
      );
      this.raid_end_bio_io(kernel, r1);
      return;
    }
    r1bio.read_disk = at;
    const clone = this.cloneFor(kernel, disk, r1, bio, at);
    clone.bi_rw = READ | (bio.bi_rw & REQ_SYNC);
    clone.bi_end_io = this.raid1_end_read_request;
    kernel.block.generic_make_request(kernel, clone);
  }

  private write(kernel: Kernel, disk: Disk, r1: number, bio: Bio): void {
    const r1bio = this.r1bios[r1]!;
    const passed = REQ_FLUSH | REQ_FUA | REQ_SYNC | REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME;
    for (let at = 0; at < this.mirrors.count; at++) {
      if (this.mirrors.faulty(at)) continue;
      const clone = this.cloneFor(kernel, disk, r1, bio, at);
      clone.bi_rw = REQ_WRITE | (bio.bi_rw & passed);
      clone.bi_end_io = this.raid1_end_write_request;
      r1bio.remaining++;
      this.mirrors.start(at);
      this.thread.send(kernel, clone);
    }
    this.r1_bio_write_done(kernel, r1);
  }

  private cloneFor(kernel: Kernel, disk: Disk, r1: number, bio: Bio, at: number): Bio {
    const { bdev, offset } = this.mirrors.leg(at);
    const clone = bio_clone_bioset(kernel, bio);
    this.r1bios[r1]!.bios[at] = clone;
    const from = bio.bi_sector;
    clone.bi_sector = from + offset;
    clone.bi_bdev = kernel.bdevs[bdev]!;
    clone.bi_private = r1;
    kernel.block.md_remap(kernel, clone, disk.id, from);
    return clone;
  }

  private readonly raid1_end_read_request = (kernel: Kernel, clone: Bio): void => {
    const r1 = clone.bi_private as number;
    const r1bio = this.r1bios[r1]!;
    const at = r1bio.read_disk;
    this.mirrors.ended(at, bio_end_sector(clone));
    const uptodate = (clone.bi_flags & BIO_UPTODATE) !== 0;
    if (uptodate) r1bio.uptodate = true;
    if (uptodate || this.mirrors.lastWorking(at)) {
      bio_put(kernel, clone);
      this.raid_end_bio_io(kernel, r1);
      return;
    }
    r1bio.readError = true;
    kernel.trace.printk(
      this.id,
      r1bio.master_bio,
      `md/raid1:${this.name}: ${this.mirrors.name(kernel, at)}: rescheduling sector ${r1bio.master_bio.bi_sector}`,
    );
    this.reschedule_retry(kernel, r1);
  };

  private readonly raid1_end_write_request = (kernel: Kernel, clone: Bio): void => {
    const r1 = clone.bi_private as number;
    const r1bio = this.r1bios[r1]!;
    const at = r1bio.bios.indexOf(clone);
    this.mirrors.ended(at, bio_end_sector(clone));
    if ((clone.bi_flags & BIO_UPTODATE) === 0) r1bio.writeError = true;
    else {
      r1bio.bios[at] = undefined;
      if (!this.mirrors.faulty(at)) r1bio.uptodate = true;
      bio_put(kernel, clone);
    }
    this.r1_bio_write_done(kernel, r1);
  };

  private r1_bio_write_done(kernel: Kernel, r1: number): void {
    const r1bio = this.r1bios[r1]!;
    if (--r1bio.remaining > 0) return;
    if (r1bio.writeError) this.reschedule_retry(kernel, r1);
    else this.raid_end_bio_io(kernel, r1);
  }

  private reschedule_retry(kernel: Kernel, r1: number): void {
    this.thread.reschedule_retry(kernel, () => {
      if (this.r1bios[r1]!.writeError) this.handle_write_finished(kernel, r1);
      else this.handle_read_error(kernel, r1);
    });
  }

  /** Without a log of bad blocks, a device that failed one write has failed altogether. */
  private handle_write_finished(kernel: Kernel, r1: number): void {
    const r1bio = this.r1bios[r1]!;
    for (let at = 0; at < r1bio.bios.length; at++) {
      const clone = r1bio.bios[at]!;
      if (clone === undefined) continue;
      this.md_error(kernel, r1bio.master_bio, at, clone.bi_error);
      bio_put(kernel, clone);
      r1bio.bios[at] = undefined;
    }
    this.raid_end_bio_io(kernel, r1);
  }

  /** Tries to write good data over what could not be read, then reads again. */
  private handle_read_error(kernel: Kernel, r1: number): void {
    const r1bio = this.r1bios[r1]!;
    const bio = r1bio.master_bio;
    const at = r1bio.read_disk;
    r1bio.readError = false;
    const fail = (device: number, error: number) => {
      this.md_error(kernel, bio, device, error);
    };
    const counts = kernel.block.raid1_counts_read_errors;
    if (counts && this.mirrors.countReadError(at) > MAX_CORR_READ_ERRORS) fail(at, -EIO);
    else {
      const faulty = (device: number) => this.mirrors.faulty(device);
      const say = (rule: string) => {
        kernel.trace.rule('fix_read_error', this.id, bio, bio.bi_sector, 0, rule);
      };
      const copies = this.mirrors.copies(bio.bi_sector);
      fix_read_error(kernel, { faulty, fail, say }, copies, at, bio_sectors(bio));
    }
    bio_put(kernel, r1bio.bios[at]!);
    r1bio.bios[at] = undefined;
    if (!counts && ++r1bio.retries > RETRIES) this.goesRound(kernel, bio, at);
    else this.read(kernel, kernel.disk(this.id), r1, bio, -1);
  }

  /**
   * The kernel would try this read for ever: the device takes the array's own pages, so the repair finds nothing wrong,
   * but never this bio. It is left as it is, and never completes.
   */
  private goesRound(kernel: Kernel, bio: Bio, at: number): void {
    const { trace } = kernel;
    const device = this.mirrors.name(kernel, at);
    const rule = `handle_read_error: ${RETRIES} repairs of sector ${bio.bi_sector} went well, but ${device} still refuses the bio: ${this.name} tries for ever`;
    kernel.refusal = rule;
    trace.rule('handle_read_error', this.id, bio, bio.bi_sector, 0, rule);
  }

  /** Takes a device out of the array, unless it is the last one. */
  private md_error(kernel: Kernel, bio: Bio, at: number, error: number): void {
    const { trace } = kernel;
    if (!this.mirrors.fail(at)) return;
    const device = this.mirrors.name(kernel, at);
    const left = this.mirrors.working().length;
    trace.bio(
      trace.id.md_error,
      this.id,
      bio,
      0,
      0,
      0,
      error,
      0,
      trace.note(`md_error: ${device} ended a bio with ${error}: ${this.name} goes on without it`),
    );
    trace.printk(this.id, bio, `md/raid1:${this.name}: Disk failure on ${device}, disabling device.`);
    trace.printk(this.id, bio, `md/raid1:${this.name}: Operation continuing on ${left} devices.`);
  }

  /** One good device is enough; without any, the errno of the device is lost: it is always -EIO. */
  private raid_end_bio_io(kernel: Kernel, r1: number): void {
    const r1bio = this.r1bios[r1]!;
    const bio = r1bio.master_bio;
    this.free.push(r1);
    bio_endio(kernel, bio, r1bio.uptodate ? 0 : -EIO);
  }
}

function blank(master_bio: Bio, mirrors: number): R1bio {
  return {
    master_bio,
    remaining: 0,
    retries: 0,
    uptodate: false,
    writeError: false,
    readError: false,
    read_disk: -1,
    bios: new Array<Bio | undefined>(mirrors).fill(undefined),
  };
}

/** 4.1 `raid1_mergeable_bvec`: what every device below takes. */
function raid1_mergeable_bvec(
  legs: readonly { readonly bdev: number; readonly offset: number }[],
): MergeBvec {
  return (kernel, _disk, bvm, len) => {
    let max = len;
    for (const { bdev, offset } of legs) {
      const { disk } = kernel.bdevs[bdev]!;
      const ask = disk.queue.merge_bvec_fn;
      if (ask) max = Math.min(max, ask(kernel, disk, { ...bvm, bdev, sector: bvm.sector + offset }, len));
    }
    return max;
  };
}
