import { hex, parseHex } from './address';
import type { DeviceSpec, DriverName } from './device-spec';
import type { BioscopeDocument, MemoryRange } from './machine-spec';
import type { Io } from './workload-spec';

/**
 * What a new part of a machine starts as: something the checks accept, or nearly, so that it can be changed from there.
 * What is read here may be half-typed: anything can be missing.
 */
export type Draft = {
  readonly machine?: {
    readonly memory?: { readonly ranges?: readonly Partial<MemoryRange>[] };
    readonly devices?: readonly { readonly name?: string }[];
  };
};

/** A machine to start from: RAM, persistent memory without struct pages, and a disk in each. */
export const EMPTY_MACHINE: BioscopeDocument = {
  bioscope: 1,
  machine: {
    name: 'new machine',
    kernel: { flavour: '4.1-pfn', posting: 'v1' },
    memory: {
      ranges: [
        { start: '0x0', end: '0x1000', kind: 'reserved', name: 'reserved' },
        { start: '0x1000', end: '0x9fc00', kind: 'ram', name: 'System RAM' },
        { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
        {
          start: '0x40000000',
          end: '0x50000000',
          kind: 'pmem',
          name: 'Persistent Memory',
          structPages: 'none',
        },
      ],
    },
    devices: [
      { name: 'pmem0', driver: 'pmem', start: '0x40000000', end: '0x50000000' },
      { name: 'sda', driver: 'sd', sectors: 2097152 },
    ],
  },
  workload: [
    {
      op: 'write',
      device: 'sda',
      sector: 0,
      add: 'bio_add_page',
      vecs: [{ pfn: '0x1000', offset: 0, len: 4096 }],
      fill: 1,
    },
  ],
};

const SIZE = 0x10000000;

/** 256 MiB behind the last range. */
export function newRange({ machine }: Draft): MemoryRange {
  const ends = (machine?.memory?.ranges ?? []).map(({ end }) => parseHex(end ?? '') ?? 0);
  const start = Math.ceil(Math.max(0, ...ends) / SIZE) * SIZE;
  return { start: hex(start), end: hex(start + SIZE), kind: 'ram', name: 'System RAM' };
}

/** How a driver's disks are called, from the first one on, where it is not by the driver's own name. */
const NAMES: Readonly<Partial<Record<DriverName, (n: number) => string>>> = {
  brd: (n) => `ram${n}`,
  null_blk: (n) => `nullb${n}`,
  nvme: (n) => `nvme${n}n1`,
  sd: (n) => `sd${String.fromCharCode(97 + (n % 26))}${n >= 26 ? Math.floor(n / 26) : ''}`,
  dm: (n) => `dm-${n}`,
  'dm-cache': (n) => `dm-${n}`,
  'dm-writecache': (n) => `dm-${n}`,
  raid0: (n) => `md${n}`,
  raid1: (n) => `md${n}`,
  raid10: (n) => `md${n}`,
  raid5: (n) => `md${n}`,
  mmc: (n) => `mmcblk${n}`,
  dasd: (n) => `dasd${String.fromCharCode(97 + (n % 26))}`,
};

const SECTORS = 2097152;

/** A disk of 1 GiB; one that is memory lies in the first persistent range, a stack on the disks that are there. */
export function newDevice(driver: DriverName, draft: Draft): DeviceSpec {
  const devices = (draft.machine?.devices ?? []).flatMap((device) => device.name ?? []);
  const taken = new Set(devices);
  const named = NAMES[driver] ?? ((n) => `${driver.replaceAll('_', '-')}${n}`);
  let n = 0;
  while (taken.has(named(n))) n++;
  const name = named(n);
  const below = devices[0] ?? 'sda';
  const legs = [{ device: below }, { device: devices[1] ?? below }];
  switch (driver) {
    case 'pmem':
    case 'axonram':
    case 'dcssblk': {
      const pmem = (draft.machine?.memory?.ranges ?? []).find(({ kind }) => kind === 'pmem');
      return { name, driver, start: pmem?.start ?? '0x40000000', end: pmem?.end ?? '0x50000000' };
    }
    case 'dm':
      return {
        name,
        driver,
        targets: [{ type: 'linear', start: 0, sectors: 65536, device: below, offset: 0 }],
      };
    case 'raid0':
      return { name, driver, chunk: 128, devices: legs };
    case 'raid1':
      return { name, driver, devices: legs };
    case 'raid10':
      return { name, driver, chunk: 128, layout: 'near', copies: 2, devices: legs };
    case 'raid5':
      return {
        name,
        driver,
        chunk: 128,
        layout: 'left-symmetric',
        devices: [...legs, { device: devices[2] ?? below }],
      };
    case 'tier':
    case 'bcache':
    case 'dm-writecache':
    case 'dm-cache':
      return { name, driver, cache: legs[0]!.device, origin: legs[1]!.device };
    case 'drbd':
    case 'pktcdvd':
      return { name, driver, device: below };
    case 'dasd':
      return { name, driver, discipline: 'eckd', sectors: SECTORS };
    case 'smp':
      return { name, driver, controller: 'mpt2sas', sectors: SECTORS };
    default:
      return { name, driver, sectors: SECTORS };
  }
}

/** A write of one page to the first device. */
export function newIo({ machine }: Draft): Io {
  const device = machine?.devices?.[0]?.name ?? 'sda';
  return { op: 'write', device, sector: 0, add: 'bio_add_page', vecs: [newVec([])], fill: 1 };
}

/** The page after the last vector's. */
export function newVec(vecs: readonly { readonly pfn?: string }[]): Io['vecs'][number] {
  const last = parseHex(vecs.at(-1)?.pfn ?? '');
  return { pfn: hex(last === undefined ? 0x1000 : last + 1), offset: 0, len: 4096 };
}
