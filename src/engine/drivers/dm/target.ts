import type { DmTarget } from '../../../model/target-spec';
import type { QueueLimits } from '../../block/limits';
import type { Disk } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import type { Find } from '../driver';
import type { Places } from '../stored-below';

/** A run of sectors of a mapped device, and where each of them lies below. */
export interface Target {
  readonly type: DmTarget['type'];
  /** Sectors of the mapped device. */
  readonly start: number;
  readonly len: number;
  /** `ti->max_io_len`: no bio crosses a multiple of it; 0: only the end of the target counts. */
  readonly max_io_len: number;
  /** Clones of an empty flush, and of a discard, that this target gets. */
  readonly num_flush_bios: number;
  /** Devices below, by their index in `kernel.bdevs`, and where on them the target begins. */
  readonly devices: readonly { readonly bdev: number; readonly start: number; readonly sectors: number }[];
  /** False: `num_discard_bios` is 0, and the mapped device discards nothing. */
  readonly takesDiscards?: boolean;
  /**
   * What the target does with a clone itself: `remapped` goes on below as `sector` says, `submitted` is the target's to end -
   * and a negative errno ends it here. `disk`: the mapped device. Absent: always remapped.
   */
  map?(kernel: Kernel, clone: Bio, disk: Disk): 'remapped' | 'submitted' | number;
  /** Called before a clone ends: gives the error to end it with, or `incomplete` where it goes on and ends once more. */
  end_io?(kernel: Kernel, clone: Bio, error: number): number | 'incomplete';
  /** Every place of a sector below; absent: `sector` on `device`. */
  places?: Places;
  /** How a sector of the mapped device is kept below; absent: as it is. */
  encode?(sector: number, bytes: Uint8Array): Uint8Array;
  /** Nothing can be put there. */
  readonly readOnly?: boolean;
  /** What it says of the mapped device's limits. */
  io_hints?(limits: QueueLimits): void;
  /** Which of `devices` holds a sector of the mapped device. */
  device(sector: number): number;
  /** The sector there. */
  sector(sector: number): number;
}

interface Linear {
  readonly start: number;
  readonly sectors: number;
  readonly device: string;
  readonly offset?: number | undefined;
}

/** drivers/md/dm-linear.c: the sector, moved. What others begin with, too. */
export function linearTarget(type: Target['type'], spec: Linear, find: Find): Target {
  const { bdev } = find(spec.device);
  const offset = spec.offset ?? 0;
  return {
    type,
    start: spec.start,
    len: spec.sectors,
    max_io_len: 0,
    num_flush_bios: 1,
    devices: [{ bdev, start: offset, sectors: spec.sectors }],
    device: () => 0,
    sector: (sector) => offset + sector - spec.start,
  };
}

/** drivers/md/dm-stripe.c: chunk by chunk over the devices in turn. */
export function striped(spec: Extract<DmTarget, { type: 'striped' }>, find: Find): Target {
  const n = spec.stripes.length;
  const devices = spec.stripes.map((leg) => ({
    bdev: find(leg.device).bdev,
    start: leg.offset ?? 0,
    sectors: Math.floor(spec.sectors / n),
  }));
  const stripe = (sector: number) => Math.floor((sector - spec.start) / spec.chunk) % n;
  return {
    type: 'striped',
    start: spec.start,
    len: spec.sectors,
    max_io_len: spec.chunk,
    num_flush_bios: n,
    devices,
    device: stripe,
    sector(sector) {
      const within = sector - spec.start;
      const row = Math.floor(within / (spec.chunk * n));
      return devices[stripe(sector)]!.start + row * spec.chunk + (within % spec.chunk);
    },
  };
}

/** `max_io_len`: sectors from `sector` on that one bio may have. */
export function max_io_len(target: Target, sector: number): number {
  const offset = sector - target.start;
  const left = target.len - offset;
  return target.max_io_len === 0 ? left : Math.min(left, target.max_io_len - (offset % target.max_io_len));
}

/** Sectors of device `leg` that hold the mapped sectors [from, to): one run, as striping keeps them together. */
export function rangeOn(target: Target, leg: number, from: number, to: number): readonly [number, number] {
  const chunk = target.max_io_len;
  if (target.type !== 'striped') return [target.sector(from), target.sector(from) + to - from];
  const n = target.devices.length;
  const edge = (sector: number): number => {
    const within = sector - target.start;
    const row = Math.floor(within / (chunk * n));
    const stripe = Math.floor(within / chunk) % n;
    const base = target.devices[leg]!.start + row * chunk;
    if (stripe === leg) return base + (within % chunk);
    // Past its turn in this row, the device goes on with the next row.
    return stripe > leg ? base + chunk : base;
  };
  return [edge(from), edge(to)];
}
