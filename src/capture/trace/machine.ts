import { RAID5_LAYOUTS, type DeviceSpec } from '../../model/device-spec';
import { devicesBelow } from '../../model/devices-below';
import type { QueueSpec } from '../../model/queue-spec';
import type { KernelChoice } from '../../model/flavour';
import type { MachineSpec, MemoryRange, StructPages } from '../../model/machine-spec';
import { ENOUGH_SECTORS, VIRTIO, driverOfDisk } from '../disk-drivers';
import type { DeviceFacts } from './devices';
import { wasSubmitted, type DriverLog } from './driver-log';
import { dmTargets, remapsOf } from './stacks';
import type { TraceLine } from './ftrace';

/** The memory of all guests the traces were taken in: 2 GiB, of which 256 MiB at 1 GiB are persistent. */
const GUEST: readonly MemoryRange[] = [
  { start: '0x1000', end: '0x9f000', kind: 'ram', name: 'System RAM' },
  { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
  { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM' },
  { start: '0x50000000', end: '0x7ffd5000', kind: 'ram', name: 'System RAM' },
];

/** null_blk's own default (gb=250); /proc/partitions of 4.1 does not list it. */
const NULL_BLK_SECTORS = 250 * 2 ** 21;
export interface MachineParts {
  readonly name: string;
  readonly kernel: KernelChoice;
  readonly facts: DeviceFacts;
  readonly log: DriverLog;
  readonly lines: readonly TraceLine[];
  /** From /proc/iomem, where there is one. */
  readonly ranges?: readonly MemoryRange[];
  /** Whether pmem has struct pages: since 4.3 it can. */
  readonly pmemPages: boolean;
}

/** The machine a trace was taken on: the devices it touches, and those below them. A text: why there is none. */
export function machineOf(parts: MachineParts): MachineSpec | string {
  const { facts, lines } = parts;
  const remaps = remapsOf(lines);
  const used = new Set<string>();
  for (const { block, bio } of lines)
    for (const number of [block?.device, block?.from, bio?.device])
      if (number) used.add(number.replace(',', ':'));
  const wanted = [...facts.disks]
    .filter(([, { number }]) => used.has(number))
    .map(([name]) => diskOf(facts, name));
  for (const { device } of parts.log.sequences) wanted.push(diskOf(facts, device));

  const devices = new Map<string, DeviceSpec>();
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (devices.has(name)) continue;
    const device = deviceOf(parts, name, remaps);
    if (typeof device === 'string') return device;
    if (device === undefined) continue;
    devices.set(name, device);
    wanted.push(...devicesBelow(device).map((below) => diskOf(facts, below)));
  }
  const ranges = withPages(parts.ranges ?? GUEST, parts.pmemPages ? 'mem' : 'none');
  return { name: parts.name, kernel: parts.kernel, memory: { ranges }, devices: [...devices.values()] };
}

/** Bios of a trace say that their pages exist: whether pmem has any is not for /proc/iomem to tell. */
function withPages(ranges: readonly MemoryRange[], structPages: StructPages): MemoryRange[] {
  return ranges.map(({ assumed: _, ...range }) => ({
    ...range,
    ...(range.kind === 'pmem' ? { structPages } : {}),
    ...(range.children ? { children: withPages(range.children, structPages) } : {}),
  }));
}

/** "sdb" for "sdb1"; the name itself for a disk. */
export function diskOf(facts: DeviceFacts, name: string): string {
  if (!facts.partitions.has(name)) return name;
  const disk = name.replace(/p?\d+$/, '');
  return facts.disks.has(disk) ? disk : name;
}

function deviceOf(
  parts: MachineParts,
  name: string,
  remaps: ReturnType<typeof remapsOf>,
): DeviceSpec | string | undefined {
  const { facts } = parts;
  const disk = facts.disks.get(name);
  const known = { name, ...(disk ? { number: disk.number } : {}) };
  const sectors = disk && disk.sectors > 0 ? disk.sectors : ENOUGH_SECTORS;
  const leaf = { ...known, ...partitionsOf(facts, name), queue: queueOf(parts, name) };
  // A stacked queue has the limits of what it is stacked on; only what was set by hand on it is the spec's.
  const { pfn } = leaf.queue;
  const stacked = { ...known, ...(pfn ? { queue: { pfn } } : {}) };
  const driver = driverOfDisk(name);
  switch (driver) {
    case 'pmem':
      return { ...leaf, driver, ...pmemOf(parts.ranges ?? GUEST) };
    case 'null_blk':
      return { ...leaf, driver, sectors: disk && disk.sectors > 0 ? disk.sectors : NULL_BLK_SECTORS };
    case 'virtio':
      return { ...leaf, queue: { ...VIRTIO, ...leaf.queue }, driver: 'nvme', sectors };
    case 'brd':
    case 'nvme':
    case 'nbd':
    case 'zram':
    case 'mmc':
    case 'rbd':
    case 'floppy':
    case 'sd':
    case 'loop':
      return { ...leaf, driver, sectors };
    case 'dm': {
      const targets = dmTargets(facts, name, remaps);
      if (typeof targets === 'string') return `${name}: ${targets}`;
      return targets && { ...stacked, driver, targets };
    }
    case 'md':
      return arrayOf(parts, name, stacked, remaps);
    case undefined:
      return `${name}: no model of its driver`;
  }
}

/** The first persistent range; these guests have no more. */
function pmemOf(ranges: readonly MemoryRange[]): { start: string; end: string } {
  const found = ranges.find(({ kind }) => kind === 'pmem') ?? GUEST.find(({ kind }) => kind === 'pmem')!;
  return { start: found.start, end: found.end };
}

function arrayOf(
  { facts }: MachineParts,
  name: string,
  known: { name: string; number?: string; queue?: QueueSpec },
  remaps: ReturnType<typeof remapsOf>,
): DeviceSpec | string | undefined {
  const array = facts.md.get(name);
  if (!array) return remaps.has(known.number ?? '') ? `${name}: /proc/mdstat was not printed` : undefined;
  const seen = remaps.get(known.number ?? '') ?? [];
  const devices = array.legs.map((device) => {
    const number = facts.disks.get(device)?.number;
    const first = seen.find(({ to }) => to === number);
    // raid1 keeps sectors in place: any distance is where the data starts on the leg.
    const offset = first && array.level === 'raid1' ? first.sector - first.from : 0;
    return offset > 0 ? { device, offset } : { device };
  });
  if (array.level === 'raid1') return { ...known, driver: 'raid1', devices, sectors: array.sectors };
  if (array.level === 'raid0')
    return {
      ...known,
      driver: 'raid0',
      chunk: array.chunk,
      devices,
      sectors: array.sectors / devices.length,
    };
  const { chunk, copies, algorithm = -1 } = array;
  if (array.level === 'raid10' && copies) {
    const { layout, count } = copies;
    const each = (array.sectors * count) / devices.length;
    return {
      ...known,
      driver: 'raid10',
      chunk,
      layout,
      copies: count,
      devices,
      sectors: roundUp(each, chunk),
    };
  }
  const layout = RAID5_LAYOUTS[algorithm];
  if (array.level === 'raid5' && layout)
    return {
      ...known,
      driver: 'raid5',
      chunk,
      layout,
      devices,
      sectors: array.sectors / (devices.length - 1),
    };
  return `${name}: no model of ${array.level}`;
}

/** What odd numbers of devices leave over is a part of a chunk. */
const roundUp = (sectors: number, chunk: number) => Math.ceil(sectors / chunk) * chunk;

function queueOf(parts: MachineParts, name: string): QueueSpec {
  const { facts, log, lines } = parts;
  const queue = facts.queues.get(name) ?? {};
  const bounce = log.bounce.get(name);
  const sequence = log.sequences.find(({ device }) => device === name);
  const number = facts.disks.get(name)?.number ?? '';
  const inFlight = mostInFlight(number, lines);
  const scheduler =
    (queue.scheduler ?? 'none') === 'none' && !name.startsWith('loop') && insertsAll(number, lines)
      ? 'deadline'
      : queue.scheduler;
  const pfn = sequence
    ? (sequence.queueFlags & (1 << 23)) !== 0
    : log.pfnDisks.has(name) || queue.pfn === true || tookPfnBios(number, log, lines);
  return {
    ...queue,
    ...(inFlight > NCQ_DEPTH ? { depth: DEEP } : {}),
    ...(scheduler && parts.kernel.flavour === '6.12' ? { scheduler } : {}),
    ...(pfn ? { pfn } : {}),
    ...(bounce === undefined ? {} : { limits: { ...queue.limits, bounce_pfn: `0x${bounce.toString(16)}` } }),
  };
}

/** What a disk takes at once is nowhere printed; one that took more than the usual shows it. */
const NCQ_DEPTH = 31;
const DEEP = 255;

function mostInFlight(number: string, lines: readonly TraceLine[]): number {
  let [now, most] = [0, 0];
  for (const { block, name } of lines) {
    if (block?.device.replace(',', ':') !== number) continue;
    if (name === 'block_rq_issue') most = Math.max(most, ++now);
    // A flushed request completes twice, the second time with nothing.
    else if (name === 'block_rq_complete' && (block.sectors > 0 || now > 1)) now--;
  }
  return most;
}

/** Today's blk-mq inserts what a scheduler is to order; without one it issues at once. Limits were printed once, if at all, and schedulers change. */
function insertsAll(number: string, lines: readonly TraceLine[]): boolean {
  const names = lines.flatMap(({ block, name }) =>
    block?.device.replace(',', ':') === number ? [name] : [],
  );
  const issued = names.filter((name) => name === 'block_rq_issue').length;
  return issued > 0 && names.filter((name) => name === 'block_rq_insert').length >= issued;
}

/** The flag may have been set before the log began: then it shows in that page-less bios get past the check, to a queue event. */
function tookPfnBios(number: string, log: DriverLog, lines: readonly TraceLine[]): boolean {
  const rows = log.sequences.flatMap((sequence) => sequence.bios.filter(wasSubmitted).map(() => sequence));
  let how = '';
  for (const { mark, block } of lines) {
    if (mark?.startsWith('submit ')) how = rows.shift()?.how ?? '';
    else if (
      how.startsWith('pfn') &&
      block?.name === 'block_bio_queue' &&
      block.device.replace(',', ':') === number
    )
      return true;
  }
  return false;
}

function partitionsOf(facts: DeviceFacts, disk: string): Pick<DeviceSpec, 'partitions'> {
  const partitions = [...facts.partitions]
    .filter(([name]) => name !== disk && diskOf(facts, name) === disk)
    .map(([name, { start, sectors }]) => {
      const number = facts.disks.get(name)?.number;
      return { name, ...(number === undefined ? {} : { number }), start, sectors };
    });
  return partitions.length > 0 ? { partitions } : {};
}
