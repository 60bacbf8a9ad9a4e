import { bio_endio, bio_put } from '../../block/bio';
import { bio_chain, bio_clone_bioset, bio_split } from '../../block/clone';
import {
  BIO_SEG_VALID,
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
import { bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard, type Disk, type MergeBvec, type RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { stackLimits } from '../stack';
import { storedBelow } from '../stored-below';
import { md_error, membersOf, type Member } from './array';
import { MdFlush } from './flush';
import { MirrorThread } from './mirror-thread';
import { geometryOf, raid10_find_phys, type Geometry } from './raid10-layout';
import { fix_read_error, MAX_CORR_READ_ERRORS } from './read-repair';

/**
 * Chunks over devices in turn, each of them several times (drivers/md/raid10.c). A device that fails a write leaves the array;
 * over what it fails to read, good data is written first.
 */
export const raid10: Driver<'raid10'> = {
  name: 'raid10',
  access: 'passes-on',
  pageless:
    'Its clones keep the vectors and BIO_PFN. A device that refuses one counts as failed: the write is reported as good while a copy lasts.',
  probe(kernel, spec, id, find) {
    const members = membersOf(spec.devices, find);
    const dev = spec.sectors ?? Math.min(...members.map(({ sectors }) => sectors));
    const geo = geometryOf(spec.layout, spec.copies, members.length, spec.chunk, dev);
    const limits = blk_set_stacking_limits();
    limits.max_write_same_sectors = 0;
    limits.max_discard_sectors = spec.chunk;
    limits.io_min = spec.chunk * 512;
    const rows = members.length % geo.near_copies === 0 ? members.length / geo.near_copies : members.length;
    limits.io_opt = limits.io_min * rows;
    for (const { bdev, offset } of members) stackLimits(kernel, spec.name, id, limits, bdev, offset);
    const array = new Raid10(id, spec.name, members, geo);
    const discards = members.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue));
    const queue: RequestQueue = {
      limits,
      flags: discards ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (k, disk, bio) => array.make_request(k, disk, bio),
      merge_bvec_fn: raid10_mergeable_bvec(geo, members),
    };
    const found = spec.devices.map(({ device }) => find(device));
    const stored = storedBelow(found, (sector) =>
      raid10_find_phys(geo, sector).map(({ devnum, addr }) => {
        const { bdev, offset } = members[devnum]!;
        return [bdev, addr + offset];
      }),
    );
    return { name: spec.name, id, capacity: geo.size, queue: withSpec(queue, spec.queue), ...stored };
  },
};

/** `struct r10bio`: one I/O of the array, inside one chunk. */
interface R10bio {
  readonly master_bio: Bio;
  remaining: number;
  uptodate: boolean;
  /** Devices whose clone failed, and with what. */
  readonly failed: { readonly devnum: number; readonly error: number }[];
}

class Raid10 {
  private readonly thread: MirrorThread;
  private readonly flush: MdFlush;
  /** By device: where its head is, and how many I/Os of the array it has. */
  private readonly head_position: number[];
  private readonly nr_pending: number[];
  private readonly read_errors: number[];
  readonly level = 'raid10';

  constructor(
    readonly id: number,
    readonly name: string,
    private readonly members: Member[],
    private readonly geo: Geometry,
  ) {
    this.thread = new MirrorThread(id);
    this.head_position = members.map(() => 0);
    this.nr_pending = members.map(() => 0);
    this.read_errors = members.map(() => 0);
    this.flush = new MdFlush(
      () => members.filter(({ faulty }) => !faulty).map(({ bdev }) => bdev),
      (kernel, bio) => this.make_request(kernel, kernel.disk(this.id), bio),
    );
  }

  make_request(kernel: Kernel, disk: Disk, submitted: Bio): void {
    const bio = kernel.block.md_split(kernel, disk, submitted);
    if (bio.bi_rw & REQ_FLUSH && kernel.block.md_flush(kernel, this.flush, bio)) return;
    const { chunk, near_copies, raid_disks } = this.geo;
    for (;;) {
      const sectors = chunk - (bio.bi_sector % chunk);
      let part = bio;
      if (sectors < bio_sectors(bio) && near_copies < raid_disks) {
        part = bio_split(kernel, bio, sectors);
        bio_chain(kernel, part, bio);
      }
      this.one(kernel, disk, part);
      if (part === bio) return;
    }
  }

  private one(kernel: Kernel, disk: Disk, bio: Bio): void {
    bio.bi_phys_segments = 0;
    bio.bi_flags &= ~BIO_SEG_VALID;
    if (bio.bi_rw & REQ_WRITE) this.write(kernel, disk, bio);
    else this.read(kernel, disk, bio);
  }

  /** `blocked`: devices that are not asked again for this (IO_BLOCKED); the last one of a copy is not failed for it. */
  private read(kernel: Kernel, disk: Disk, bio: Bio, blocked: readonly number[] = []): void {
    const { bi_sector } = bio;
    const copy = this.read_balance(bi_sector, blocked);
    if (!copy) {
      kernel.refusal = `read_balance: no device of ${this.name} has sector ${bi_sector} any more`;
      bio_endio(kernel, bio, -EIO);
      return;
    }
    const { devnum, addr } = copy;
    this.nr_pending[devnum]!++;
    const clone = this.cloneFor(kernel, disk, bio, devnum, addr);
    clone.bi_rw = READ | (bio.bi_rw & REQ_SYNC);
    const sectors = bio_sectors(bio);
    clone.bi_end_io = (k, ended, error) => {
      this.ended(devnum, addr + sectors);
      bio_put(k, ended);
      // No other device has a copy: the error is the answer.
      if (error === 0 || !this.enough(devnum)) {
        bio_endio(k, bio, error === 0 ? 0 : -EIO);
        return;
      }
      this.thread.reschedule_retry(k, () => {
        this.read(k, disk, bio, this.handle_read_error(k, bio, devnum, blocked));
      });
    };
    kernel.block.generic_make_request(kernel, clone);
  }

  /** Tries to write good data over what could not be read. Gives the devices that are not asked again. */
  private handle_read_error(
    kernel: Kernel,
    bio: Bio,
    devnum: number,
    blocked: readonly number[],
  ): readonly number[] {
    const faulty = (at: number) => this.members[at]!.faulty;
    if (faulty(devnum)) return blocked;
    const fail = (at: number, error: number) => {
      this.fail(kernel, bio, at, error);
    };
    const say = (rule: string) => {
      kernel.trace.rule('fix_read_error', this.id, bio, bio.bi_sector, 0, rule);
    };
    if (++this.read_errors[devnum]! > MAX_CORR_READ_ERRORS) {
      const device = kernel.bdevs[this.members[devnum]!.bdev]!.name;
      say(`fix_read_error: ${device} has failed more than ${MAX_CORR_READ_ERRORS} reads: it is given up`);
      fail(devnum, -EIO);
      return [...blocked, devnum];
    }
    const copies = raid10_find_phys(this.geo, bio.bi_sector).map(({ devnum: at, addr }) => {
      const { bdev, offset } = this.members[at]!;
      return { at, bdev, sector: addr + offset };
    });
    const slot = copies.findIndex(({ at }) => at === devnum);
    const read = fix_read_error(kernel, { faulty, fail, say }, copies, slot, bio_sectors(bio));
    return read ? blocked : [...blocked, devnum];
  }

  /** The first idle device for near copies, the lowest address for far ones, else the nearest head. */
  private read_balance(
    sector: number,
    blocked: readonly number[],
  ): { devnum: number; addr: number } | undefined {
    const { near_copies, far_copies } = this.geo;
    let best: { devnum: number; addr: number } | undefined;
    let distance = Infinity;
    for (const copy of raid10_find_phys(this.geo, sector)) {
      const { devnum, addr } = copy;
      if (this.members[devnum]!.faulty || blocked.includes(devnum)) continue;
      if (near_copies > 1 && this.nr_pending[devnum] === 0) return copy;
      const away = far_copies > 1 ? addr : Math.abs(addr - this.head_position[devnum]!);
      if (away >= distance) continue;
      distance = away;
      best = copy;
    }
    return best;
  }

  private write(kernel: Kernel, disk: Disk, bio: Bio): void {
    const r10: R10bio = { master_bio: bio, remaining: 1, uptodate: false, failed: [] };
    const passed = REQ_FUA | REQ_SYNC | REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME;
    const sectors = bio_sectors(bio);
    for (const { devnum, addr } of raid10_find_phys(this.geo, bio.bi_sector)) {
      if (this.members[devnum]!.faulty) continue;
      const clone = this.cloneFor(kernel, disk, bio, devnum, addr);
      clone.bi_rw = REQ_WRITE | (bio.bi_rw & passed);
      clone.bi_end_io = (k, ended, error) => {
        this.ended(devnum, addr + sectors);
        bio_put(k, ended);
        if (error === 0) r10.uptodate = true;
        else r10.failed.push({ devnum, error });
        this.one_write_done(k, r10);
      };
      r10.remaining++;
      this.nr_pending[devnum]!++;
      this.thread.send(kernel, clone);
    }
    this.one_write_done(kernel, r10);
  }

  private one_write_done(kernel: Kernel, r10: R10bio): void {
    if (--r10.remaining > 0) return;
    const end = () => {
      for (const { devnum, error } of r10.failed) this.fail(kernel, r10.master_bio, devnum, error);
      bio_endio(kernel, r10.master_bio, r10.uptodate ? 0 : -EIO);
    };
    if (r10.failed.length > 0) this.thread.reschedule_retry(kernel, end);
    else end();
  }

  /** The last device that has a copy stays, whatever it does. */
  private fail(kernel: Kernel, bio: Bio, devnum: number, error: number): void {
    if (this.enough(devnum)) md_error(kernel, this, this.members, devnum, bio, error);
  }

  /** Whether every sector has a copy on a device that works, other than `ignore` (`_enough`). */
  private enough(ignore: number): boolean {
    const { raid_disks, near_copies, far_copies } = this.geo;
    const works = (at: number) => at !== ignore && !this.members[at]!.faulty;
    let first = 0;
    do {
      const set = Array.from({ length: near_copies * far_copies }, (_, n) => (first + n) % raid_disks);
      if (!set.some(works)) return false;
      first = (first + near_copies) % raid_disks;
    } while (first !== 0);
    return true;
  }

  private cloneFor(kernel: Kernel, disk: Disk, bio: Bio, devnum: number, addr: number): Bio {
    const { bdev, offset } = this.members[devnum]!;
    const clone = bio_clone_bioset(kernel, bio);
    clone.bi_sector = addr + offset;
    clone.bi_bdev = kernel.bdevs[bdev]!;
    kernel.block.md_remap(kernel, clone, disk.id, bio.bi_sector);
    return clone;
  }

  private ended(devnum: number, sector: number): void {
    this.nr_pending[devnum]!--;
    this.head_position[devnum] = sector;
  }
}

/** 4.1 `raid10_mergeable_bvec`: up to the end of the chunk, and what every copy's device takes. */
function raid10_mergeable_bvec(geo: Geometry, members: readonly Member[]): MergeBvec {
  return (kernel, _disk, bvm, len) => {
    let max = len;
    if (geo.near_copies < geo.raid_disks) {
      const used = Math.floor(bvm.size / 512);
      max = Math.max((geo.chunk - ((bvm.sector % geo.chunk) + used)) * 512, 0);
      if (max <= len && used === 0) return len;
    }
    for (const { devnum, addr } of raid10_find_phys(geo, bvm.sector)) {
      const { bdev, offset, faulty } = members[devnum]!;
      if (faulty) continue;
      const { disk } = kernel.bdevs[bdev]!;
      const ask = disk.queue.merge_bvec_fn;
      if (ask) max = Math.min(max, ask(kernel, disk, { ...bvm, bdev, sector: addr + offset }, len));
    }
    return max;
  };
}
