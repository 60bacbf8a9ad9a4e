import type { DeviceSpec, DriverName } from './device-spec';
import type { FlavourName } from './flavour';

/** "8:16", as documents write device numbers. */
export type DeviceNumber = string;

interface Range {
  readonly major: number;
  /** Minors from one disk to the next: what is between them is for its partitions. */
  readonly step: number;
}

const RANGES: Readonly<Record<DriverName, Range>> = {
  brd: { major: 1, step: 1 },
  loop: { major: 7, step: 1 },
  sd: { major: 8, step: 16 },
  raid0: { major: 9, step: 1 },
  raid1: { major: 9, step: 1 },
  raid5: { major: 9, step: 1 },
  raid10: { major: 9, step: 1 },
  null_blk: { major: 254, step: 1 },
  pmem: { major: 259, step: 1 },
  nvme: { major: 259, step: 1 },
  dm: { major: 253, step: 1 },
  'dm-cache': { major: 253, step: 1 },
  'dm-writecache': { major: 253, step: 1 },
  bcache: { major: 252, step: 16 },
  tier: { major: 251, step: 16 },
  floppy: { major: 2, step: 1 },
  nbd: { major: 43, step: 1 },
  dasd: { major: 94, step: 4 },
  pktcdvd: { major: 97, step: 1 },
  umem: { major: 116, step: 16 },
  drbd: { major: 147, step: 1 },
  aoe: { major: 152, step: 16 },
  mmc: { major: 179, step: 8 },
  xpram: { major: 35, step: 1 },
  target_file: { major: 8, step: 16 },
  // The kernel hands these out as drivers ask.
  axonram: { major: 252, step: 1 },
  dcssblk: { major: 252, step: 1 },
  zram: { major: 252, step: 1 },
  rbd: { major: 252, step: 16 },
  rsxx: { major: 252, step: 16 },
  ps3disk: { major: 252, step: 16 },
  ps3vram: { major: 252, step: 1 },
  scm_blk: { major: 252, step: 8 },
  lloop: { major: 252, step: 1 },
  smp: { major: 252, step: 1 },
};

/** Dynamic majors were handed out in another order by the guests of 4.1. */
const RANGES_41: Partial<Record<DriverName, Range>> = {
  null_blk: { major: 250, step: 1 },
  zram: { major: 249, step: 1 },
};

/** The number of every disk and partition by name: the spec's own, or one that fits the driver and is free. */
export function deviceNumbers(
  devices: readonly DeviceSpec[],
  flavour: FlavourName,
): ReadonlyMap<string, DeviceNumber> {
  const numbers = new Map<string, DeviceNumber>();
  const taken = new Set<DeviceNumber>();
  const take = (name: string, number: DeviceNumber) => {
    numbers.set(name, number);
    taken.add(number);
  };
  const parts = devices.flatMap(({ partitions = [], ...disk }) => partitions.map((part) => ({ part, disk })));
  for (const { name, number } of [...devices, ...parts.map(({ part }) => part)])
    if (number !== undefined) take(name, number);
  for (const { name, driver, number } of devices) {
    if (number !== undefined) continue;
    const { major, step } = (flavour === '6.12' ? undefined : RANGES_41[driver]) ?? RANGES[driver];
    take(name, firstFree(taken, major, 0, step));
  }
  for (const { part, disk } of parts) {
    if (part.number !== undefined) continue;
    const [major, minor] = numbers.get(disk.name)!.split(':').map(Number) as [number, number];
    take(part.name, firstFree(taken, major, minor + 1, 1));
  }
  return numbers;
}

function firstFree(
  taken: ReadonlySet<DeviceNumber>,
  major: number,
  minor: number,
  step: number,
): DeviceNumber {
  let free = minor;
  while (taken.has(`${major}:${free}`)) free += step;
  return `${major}:${free}`;
}
