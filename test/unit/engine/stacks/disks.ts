import fc from 'fast-check';
import { hex } from '../../../../src/model/address';
import {
  DISCIPLINES,
  SAS_CONTROLLERS,
  type DeviceSpec,
  type DriverName,
} from '../../../../src/model/device-spec';
import type { QueueSpec } from '../../../../src/model/queue-spec';

/** Size of every disk, in sectors. */
export const SECTORS = 2048;
/** Where the memory of disks that are memory begins, one after the other. */
export const MEMORY = 0x40000000;

const powerOf2 = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => 2 ** n);

/** Limits as narrow as a queue can have them, and as wide. */
const limits: fc.Arbitrary<NonNullable<QueueSpec['limits']>> = fc
  .record(
    {
      max_sectors: fc.integer({ min: 8, max: 256 }),
      max_segments: fc.integer({ min: 1, max: 128 }),
      max_segment_size: fc.integer({ min: 4096, max: 65536 }).map((n) => n - (n % 512)),
      seg_boundary_mask: powerOf2(12, 20).map((n) => hex(n - 1)),
      cluster: fc.constantFrom(0, 1),
    },
    { requiredKeys: [] },
  )
  .map((all) => ('max_sectors' in all ? { ...all, max_hw_sectors: 256 } : all));

const queue: fc.Arbitrary<QueueSpec> = fc.record(
  {
    limits,
    writeCache: fc.constantFrom('none', 'write-back', 'write-back-fua'),
    scheduler: fc.constantFrom('none', 'noop', 'deadline'),
    nrRequests: fc.integer({ min: 1, max: 8 }),
    depth: fc.integer({ min: 1, max: 8 }),
    nomerges: fc.constantFrom(0, 1, 2),
    noSgMerge: fc.boolean(),
  },
  { requiredKeys: [] },
);
/** A single queue of 4.1 has a scheduler. */
const single = queue.map((q) => (q.scheduler === 'none' ? { ...q, scheduler: 'noop' as const } : q));

const MULTI_QUEUE = ['nvme', 'loop', 'null_blk'] as const;
const SINGLE_QUEUE = ['sd', 'nbd', 'aoe', 'rbd', 'floppy', 'ps3disk', 'mmc', 'target_file'] as const;
/** Their limits are those of the hardware: a queue narrower than a block is none that they have. */
const BLOCKS_OF_REQUESTS = ['scm_blk'] as const;
const BIOS = ['brd', 'umem', 'rsxx', 'ps3vram', 'zram', 'xpram', 'lloop'] as const;
const IN_MEMORY = ['pmem', 'axonram', 'dcssblk'] as const;

/** Disks whose driver gets requests. */
const REQUEST_BASED: ReadonlySet<string> = new Set<DriverName>([
  ...MULTI_QUEUE,
  ...SINGLE_QUEUE,
  ...BLOCKS_OF_REQUESTS,
  'dasd',
  'smp',
]);
export const requestBased = ({ driver }: DeviceSpec): boolean => REQUEST_BASED.has(driver);

/** A disk of any driver. `at`: which one of the machine's it is. */
export const base = (name: string, at: number): fc.Arbitrary<DeviceSpec> => {
  const common = { name: fc.constant(name), sectors: fc.constant(SECTORS) };
  const start = MEMORY + at * SECTORS * 512;
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ ...common, driver: fc.constantFrom(...MULTI_QUEUE), queue }) },
    {
      weight: 6,
      arbitrary: fc.record({ ...common, driver: fc.constantFrom(...SINGLE_QUEUE), queue: single }),
    },
    { weight: 6, arbitrary: fc.record({ ...common, driver: fc.constantFrom(...BIOS) }) },
    fc.record({ ...common, driver: fc.constantFrom(...BLOCKS_OF_REQUESTS) }),
    fc.record({
      ...common,
      driver: fc.constant('dasd' as const),
      discipline: fc.constantFrom(...DISCIPLINES),
    }),
    fc.record({
      ...common,
      driver: fc.constant('smp' as const),
      controller: fc.constantFrom(...SAS_CONTROLLERS),
    }),
    fc.record({
      ...common,
      driver: fc.constant('sd' as const),
      queue: fc.tuple(single, fc.constantFrom(0, 1, 3)).map(([q, max_integrity_segments]) => ({
        ...q,
        limits: { ...q.limits, max_integrity_segments },
      })),
      integrity: fc.record({ type: fc.constantFrom(1, 2, 3), guard: fc.constantFrom('crc', 'ip') }),
    }),
    {
      weight: 3,
      arbitrary: fc.record({
        driver: fc.constantFrom(...IN_MEMORY),
        name: fc.constant(name),
        start: fc.constant(hex(start)),
        end: fc.constant(hex(start + SECTORS * 512)),
      }),
    },
  );
};
