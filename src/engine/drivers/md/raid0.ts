import { blk_set_stacking_limits } from '../../block/limits';
import { bio_endio } from '../../block/bio';
import { bio_chain, bio_split } from '../../block/clone';
import { QUEUE_FLAG_DISCARD, REQ_DISCARD, REQ_FLUSH, REQ_FUA } from '../../block/flags';
import { bio_sectors } from '../../block/iter';
import { blk_queue_discard, type Disk, type MergeBvec, type RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { stackLimits } from '../stack';
import { storedBelow } from '../stored-below';
import { MdFlush } from './flush';

interface Zone {
  /** One past its last sector of the array. */
  readonly zone_end: number;
  /** Where it starts on each of its devices. */
  readonly dev_start: number;
  readonly devices: readonly { readonly bdev: number; readonly offset: number }[];
}

/** Chunks over the devices in turn; where devices differ in size, zones of fewer of them (drivers/md/raid0.c). */
export const raid0: Driver<'raid0'> = {
  name: 'raid0',
  access: 'passes-on',
  pageless: 'The parts of a bio share its vectors and keep BIO_PFN; each device below is asked again.',
  probe(kernel, spec, id, find) {
    const { chunk } = spec;
    const legs = spec.devices.map((leg) => {
      const found = find(leg.device);
      const offset = leg.offset ?? 0;
      const room = Math.floor((found.nr_sects - offset) / chunk) * chunk;
      return { bdev: found.bdev, offset, sectors: Math.min(room, spec.sectors ?? room) };
    });
    const limits = blk_set_stacking_limits();
    limits.max_hw_sectors = limits.max_sectors = Math.min(limits.max_hw_sectors, chunk);
    limits.max_write_same_sectors = chunk;
    limits.max_discard_sectors = chunk;
    limits.io_min = chunk * 512;
    limits.io_opt = chunk * 512 * legs.length;
    for (const leg of legs) stackLimits(kernel, spec.name, id, limits, leg.bdev, leg.offset);
    const zones = create_strip_zones(legs);
    const flush = new MdFlush(
      () => legs.map((leg) => leg.bdev),
      (k, bio) => {
        raid0_make_request(k, k.disk(id), zones, chunk, flush, bio);
      },
    );
    const queue: RequestQueue = {
      limits,
      flags: legs.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue)) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (k, disk, bio) => {
        raid0_make_request(k, disk, zones, chunk, flush, bio);
      },
      merge_bvec_fn: raid0_mergeable_bvec(zones, chunk),
    };
    return {
      name: spec.name,
      id,
      capacity: zones.at(-1)!.zone_end,
      queue: withSpec(queue, spec.queue),
      ...storedBelow(
        spec.devices.map(({ device }) => find(device)),
        (sector) => [place(zones, chunk, sector)],
      ),
    };
  },
};

function create_strip_zones(legs: readonly { bdev: number; offset: number; sectors: number }[]): Zone[] {
  const zones: Zone[] = [];
  let dev_start = 0;
  let zone_end = 0;
  for (const height of [...new Set(legs.map((leg) => leg.sectors))].sort((a, b) => a - b)) {
    const devices = legs.filter((leg) => leg.sectors > dev_start);
    if (devices.length === 0) break;
    zone_end += (height - dev_start) * devices.length;
    zones.push({ zone_end, dev_start, devices });
    dev_start = height;
  }
  return zones;
}

/** `find_zone` and `map_sector`: the device of an array sector, and the sector there. */
function place(
  zones: readonly Zone[],
  chunk: number,
  sector: number,
): readonly [bdev: number, sector: number] {
  const at = zones.findIndex((zone) => sector < zone.zone_end);
  const zone = zones[at]!;
  const within = sector - (zones[at - 1]?.zone_end ?? 0);
  const n = zone.devices.length;
  // Which device follows from the array sector, the place on it from the sector within the zone.
  const device = zone.devices[Math.floor(sector / chunk) % n]!;
  const row = Math.floor(within / (chunk * n));
  return [device.bdev, zone.dev_start + device.offset + row * chunk + (sector % chunk)];
}

function raid0_make_request(
  kernel: Kernel,
  disk: Disk,
  zones: readonly Zone[],
  chunk: number,
  flush: MdFlush,
  submitted: Bio,
): void {
  const bio = kernel.block.md_split(kernel, disk, submitted);
  if (bio.bi_rw & REQ_FLUSH && kernel.block.md_flush(kernel, flush, bio)) return;
  for (;;) {
    const sector = bio.bi_sector;
    const sectors = chunk - (sector % chunk);
    let part = bio;
    if (sectors < bio_sectors(bio)) {
      part = bio_split(kernel, bio, sectors);
      bio_chain(kernel, part, bio);
    }
    const [bdev, to] = place(zones, chunk, sector);
    part.bi_bdev = kernel.bdevs[bdev]!;
    part.bi_sector = to;
    kernel.block.md_remap(kernel, part, disk.id, sector);
    if (part.bi_rw & REQ_DISCARD && !blk_queue_discard(kernel.disk(bdev).queue)) bio_endio(kernel, part, 0);
    else kernel.block.generic_make_request(kernel, part);
    if (part === bio) return;
  }
}

/** 4.1 `raid0_mergeable_bvec`: up to the end of the chunk; one vector at least. */
function raid0_mergeable_bvec(zones: readonly Zone[], chunk: number): MergeBvec {
  return (kernel, _disk, bvm, len) => {
    const used = Math.floor(bvm.size / 512);
    const max = Math.max((chunk - ((bvm.sector % chunk) + used)) * 512, 0);
    if (max <= len && used === 0) return len;
    if (max < len) return max;
    const [bdev, sector] = place(zones, chunk, bvm.sector);
    const below = kernel.bdevs[bdev]!.disk;
    const ask = below.queue.merge_bvec_fn;
    return ask ? Math.min(max, ask(kernel, below, { ...bvm, bdev, sector }, len)) : max;
  };
}
