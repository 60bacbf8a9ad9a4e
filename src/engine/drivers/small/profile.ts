import type { DeviceSpec, DriverName } from '../../../model/device-spec';
import { bio_endio } from '../../block/bio';
import { REQ_WRITE } from '../../block/flags';
import { blk_set_default_limits, type QueueLimits } from '../../block/limits';
import type { Disk, RequestQueue } from '../../block/queue';
import type { Request } from '../../block/requests';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { PhysicalBytes } from '../../memory/bytes';
import { withSpec } from '../disk';
import type { Driver, MemoryAccess } from '../driver';
import { deviceError, endRequest, requestDisk, storeIn } from '../request-disk';
import { isDiscard, moveSegments, type Touch } from '../segments';

/**
 * A driver that differs from others of its kind in data alone: whose disk keeps bytes, and whose code visits a bio's segments
 * one after the other. Sectors of 512 bytes, times in nanoseconds (ours).
 */
export interface Profile<D extends DriverName> {
  readonly name: D;
  readonly access: MemoryAccess;
  readonly pageless: string;
  /** `bios`: its make_request_fn gets them; `requests`: the block layer makes requests first. */
  readonly takes: 'bios' | 'requests';
  readonly limits?: Partial<QueueLimits>;
  readonly flags?: number;
  readonly flush_flags?: number;
  readonly touch: Touch;
  /** How long it takes to answer; a disk of bios without one is done when its function returns. */
  readonly answers?: number;
  /** Requests at once. */
  readonly depth?: number;
  /** What it checks of a bio first: why it ends with -EIO, or ''. */
  readonly refuses?: (kernel: Kernel, disk: Disk, bio: Bio) => string;
  /** What an address of nobody does: the device goes on without noticing, or says so. */
  readonly nobody?: 'silent' | 'error';
}

/** Multi-queue or not, 4.1 says by driver; those of requests here have a single queue unless they are one of these. */
const MULTI_QUEUE: readonly DriverName[] = ['rbd'];

/** The driver of a profile. */
export function small<D extends DriverName>(profile: Profile<D>): Driver<D> {
  const { name, access, pageless, takes } = profile;
  return {
    name,
    access,
    pageless,
    probe: (kernel, spec, id) => {
      const { sectors } = spec as Extract<DeviceSpec, { sectors: number }>;
      return takes === 'bios'
        ? bioDisk(kernel, profile, spec, id, sectors)
        : requestsDisk(kernel, profile, spec, id, sectors);
    },
  };
}

function bioDisk<D extends DriverName>(
  { block }: Kernel,
  profile: Profile<D>,
  { name, queue: spec }: DeviceSpec,
  id: number,
  capacity: number,
): Disk {
  const medium = new PhysicalBytes();
  const queue: RequestQueue = {
    limits: { ...blk_set_default_limits(), ...profile.limits },
    flags: profile.flags ?? 0,
    flush_flags: profile.flush_flags ?? 0,
    make_request_fn: (kernel, disk, bio) => {
      const refused = profile.refuses?.(kernel, disk, bio) ?? '';
      if (refused !== '') {
        refuse(kernel, disk, bio, refused);
        return;
      }
      const error = serve(kernel, disk, medium, profile, bio, bio.bi_sector * 512);
      if (profile.answers === undefined) bio_endio(kernel, bio, error);
      else kernel.loop.after(profile.answers, (late) => bio_endio(kernel, late, error), bio);
    },
  };
  return {
    name,
    id,
    capacity,
    queue: withSpec(queue, spec, block.drivers[profile.name]),
    ...storeIn(medium),
  };
}

function requestsDisk<D extends DriverName>(
  kernel: Kernel,
  profile: Profile<D>,
  { name, queue }: DeviceSpec,
  id: number,
  capacity: number,
): Disk {
  const medium = new PhysicalBytes();
  const serveAll = (k: Kernel, disk: Disk, rq: Request): number => {
    let at = rq.__sector * 512;
    let error = 0;
    for (let bio = rq.bio; bio !== undefined && error === 0; bio = bio.bi_next) {
      const refused = profile.refuses?.(k, disk, bio) ?? '';
      if (refused !== '') {
        k.refusal = refused;
        return -EIO;
      }
      const { bi_size } = bio;
      error = serve(k, disk, medium, profile, bio, at);
      at += bi_size;
    }
    return error;
  };
  return requestDisk(kernel, {
    driver: profile.name,
    name,
    id,
    capacity,
    limits: { ...blk_set_default_limits(), ...profile.limits },
    flags: profile.flags ?? 0,
    flush_flags: profile.flush_flags ?? 0,
    spec: queue,
    medium,
    depth: profile.depth ?? 1,
    nr_requests: 128,
    singleQueue: !MULTI_QUEUE.includes(profile.name),
    queue_rq(k, disk, rq) {
      const failed = deviceError(k, disk);
      k.loop.after(
        profile.answers ?? 0,
        (late) => {
          const error = failed === 0 ? serveAll(k, disk, late) : failed;
          endRequest(k, disk, late, error);
        },
        rq,
      );
    },
  });
}

/** Discards, empty flushes and data. Gives 0 or a negative errno. */
function serve<D extends DriverName>(
  kernel: Kernel,
  disk: Disk,
  medium: PhysicalBytes,
  { touch, nobody }: Profile<D>,
  bio: Bio,
  at: number,
): number {
  if (isDiscard(bio)) {
    if (kernel.copyBytes) medium.erase(at, bio.bi_size);
    return 0;
  }
  if (moveSegments(kernel, disk, medium, touch, bio, at)) return 0;
  if (nobody !== 'error') return 0;
  kernel.refusal = `${touch.where}: ${disk.name} was given an address that is nobody’s`;
  return -EIO;
}

/** A driver refuses a bio for what it looks like. */
export function refuse(kernel: Kernel, disk: Disk, bio: Bio, rule: string): void {
  kernel.refusal = rule;
  kernel.trace.rule('generic_make_request_checks', disk.id, bio, bio.bi_sector, -EIO, rule);
  bio_endio(kernel, bio, -EIO);
}

/** `bio_data_dir` is WRITE. */
export const isWrite = (bio: Bio): boolean => (bio.bi_rw & REQ_WRITE) !== 0;

/** Beyond the end of the disk, as drivers that take bios check for themselves; '' where it is not. */
export function pastEnd(disk: Disk, bio: Bio, where: string): string {
  const end = bio.bi_sector + (bio.bi_size >>> 9);
  return end > disk.capacity ? `${where}: end sector ${end} > capacity ${disk.capacity} of ${disk.name}` : '';
}

/** Whole pages only, at sectors that are multiples of 8: what several memory disks want. */
export function notPaged(kernel: Kernel, disk: Disk, bio: Bio, where: string): string {
  if (isDiscard(bio)) return '';
  if (bio.bi_sector % 8 !== 0 || bio.bi_size % 4096 !== 0)
    return `${where}: sector ${bio.bi_sector} + ${bio.bi_size >>> 9} is not aligned to 4 KiB on ${disk.name}`;
  const { bvecs } = kernel;
  for (let bv = bio.bi_io_vec + bio.bi_idx, left = bio.bi_size; left > 0; left -= bvecs.len[bv]!, bv++)
    if (bvecs.offset[bv]! % 4096 !== 0 || bvecs.len[bv]! % 4096 !== 0)
      return `${where}: ${bvecs.len[bv]!} bytes at offset ${bvecs.offset[bv]!} are not a whole page for ${disk.name}`;
  return '';
}
