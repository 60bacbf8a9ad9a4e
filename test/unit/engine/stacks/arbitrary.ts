import fc from 'fast-check';
import { hex } from '../../../../src/model/address';
import { geometryOf } from '../../../../src/engine/drivers/md/raid10-layout';
import { RAID10_LAYOUTS, RAID5_LAYOUTS, type DeviceSpec } from '../../../../src/model/device-spec';
import type { QueueSpec } from '../../../../src/model/queue-spec';
import type { DmTarget } from '../../../../src/model/target-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';

const SECTORS = 2048;
const PMEM = 0x40000000;
const RAM_FROM = 0x100;
/** Pages the workload may name; the rest of RAM is the drivers'. */
const WORKLOAD_PAGES = 2048;
const FLAVOURS: MachineSpec['kernel'][] = [
  { flavour: '4.1' },
  { flavour: '4.1-pfn', posting: 'v1' },
  { flavour: '4.1-pfn', posting: 'v3' },
  { flavour: '6.12' },
];

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

/** Small drivers that take any I/O of whole sectors: of requests, and of bios. */
const SMALL_REQUESTS = ['nbd', 'aoe', 'rbd', 'floppy', 'ps3disk', 'mmc', 'target_file'] as const;
const SMALL_BIOS = ['umem', 'rsxx', 'ps3vram'] as const;

/** A disk that keeps what is written to it. */
const base = (name: string): fc.Arbitrary<DeviceSpec> =>
  fc.oneof(
    fc.record({
      driver: fc.constant('brd' as const),
      name: fc.constant(name),
      sectors: fc.constant(SECTORS),
    }),
    fc.record({
      driver: fc.constantFrom('nvme' as const, 'loop' as const),
      name: fc.constant(name),
      sectors: fc.constant(SECTORS),
      queue,
    }),
    fc.record({
      driver: fc.constantFrom(...SMALL_REQUESTS),
      name: fc.constant(name),
      sectors: fc.constant(SECTORS),
      queue: queue.map((q) => (q.scheduler === 'none' ? { ...q, scheduler: 'noop' as const } : q)),
    }),
    fc.record({
      driver: fc.constantFrom(...SMALL_BIOS),
      name: fc.constant(name),
      sectors: fc.constant(SECTORS),
    }),
    // A single queue of 4.1 has a scheduler.
    fc.record({
      driver: fc.constant('sd' as const),
      name: fc.constant(name),
      sectors: fc.constant(SECTORS),
      queue: queue.map((q) => (q.scheduler === 'none' ? { ...q, scheduler: 'noop' as const } : q)),
    }),
  );

interface Layer {
  readonly kind: 'linear' | 'striped' | 'raid0' | 'raid1' | 'raid10' | 'raid5' | 'crypt' | 'drbd';
  readonly legs: number;
  readonly chunk: number;
  readonly offset: number;
}
const layer: fc.Arbitrary<Layer> = fc.record({
  kind: fc.constantFrom('linear', 'striped', 'raid0', 'raid1', 'raid10', 'raid5', 'crypt', 'drbd'),
  legs: fc.integer({ min: 1, max: 3 }),
  chunk: fc.constantFrom(8, 16, 64),
  offset: fc.constantFrom(0, 8, 64),
});

/** Builds a layer on the devices that nothing lies on yet, oldest first. */
function put(
  devices: DeviceSpec[],
  free: { name: string; sectors: number }[],
  { kind, legs, chunk, offset }: Layer,
): void {
  const needed = kind === 'raid5' ? 3 : kind === 'raid10' ? 2 : 1;
  if (free.length < needed) return;
  const one = kind === 'crypt' || kind === 'drbd';
  const below = free.splice(0, one ? 1 : Math.max(legs, needed));
  const name = `${/^raid/.test(kind) ? 'md' : kind === 'drbd' ? 'drbd' : 'dm-'}${devices.length}`;
  const smallest = Math.min(...below.map((b) => b.sectors));
  /** Whole chunks of each leg behind the offset. */
  const each = Math.floor((smallest - offset) / chunk) * chunk;
  const leg = below.map((b) => ({ device: b.name, offset }));
  if (kind === 'linear') {
    let start = 0;
    const targets: DmTarget[] = below.map((b) => {
      const target = { type: 'linear' as const, start, sectors: b.sectors - offset, device: b.name, offset };
      start += target.sectors;
      return target;
    });
    devices.push({ driver: 'dm', name, targets });
    free.push({ name, sectors: start });
  } else if (kind === 'striped') {
    const sectors = each * below.length;
    devices.push({
      driver: 'dm',
      name,
      targets: [{ type: 'striped', start: 0, sectors, chunk, stripes: leg }],
    });
    free.push({ name, sectors });
  } else if (kind === 'crypt') {
    const [{ name: device, sectors }] = below as [{ name: string; sectors: number }];
    const cipher = 'aes-cbc-essiv:sha256' as const;
    const target: DmTarget = {
      type: 'crypt',
      start: 0,
      sectors: sectors - offset,
      device,
      offset,
      cipher,
      key: '0f'.repeat(16),
    };
    devices.push({ driver: 'dm', name, targets: [target] });
    free.push({ name, sectors: sectors - offset });
  } else if (kind === 'drbd') {
    devices.push({ driver: 'drbd', name, device: below[0]!.name });
    free.push({ name, sectors: below[0]!.sectors });
  } else if (kind === 'raid10') {
    const copies = 2;
    const layout = RAID10_LAYOUTS[offset % 3]!;
    devices.push({ driver: 'raid10', name, chunk, layout, copies, devices: leg, sectors: each });
    free.push({ name, sectors: geometryOf(layout, copies, below.length, chunk, each).size });
  } else if (kind === 'raid5') {
    const layout = RAID5_LAYOUTS[(offset + legs) % 6]!;
    devices.push({ driver: 'raid5', name, chunk, layout, devices: leg, sectors: each });
    free.push({ name, sectors: each * (below.length - 1) });
  } else if (kind === 'raid0') {
    devices.push({ driver: 'raid0', name, chunk, devices: leg, sectors: each });
    free.push({ name, sectors: each * below.length });
  } else {
    devices.push({ driver: 'raid1', name, devices: leg, sectors: each });
    free.push({ name, sectors: each });
  }
}

/** Each way to map; the pool is large enough for all that can be in flight. */
const dma: fc.Arbitrary<MachineSpec['dma']> = fc.option(
  fc.record({
    hardware: fc.constantFrom(
      'none' as const,
      'xen' as const,
      'sta2x11' as const,
      'intel-vtd' as const,
      'amd-vi' as const,
      'amd-gart' as const,
    ),
    cmdline: fc.constantFrom(
      'swiotlb=4096',
      'swiotlb=4096,force',
      'iommu=soft swiotlb=4096',
      'intel_iommu=on swiotlb=4096',
      'intel_iommu=on,strict iommu=force swiotlb=4096',
    ),
  }),
  { nil: undefined },
);

export interface Stack {
  readonly spec: MachineSpec;
  /** The devices that nothing lies on, and their sizes in sectors. */
  readonly tops: readonly { readonly name: string; readonly sectors: number }[];
  /** Every layer passes its bios on as clones, and makes none of its own. */
  readonly plain: boolean;
  /** What was never written reads as 0: not where zeroes are decrypted. */
  readonly zeroes: boolean;
}

/** Up to four disks, one of them memory, in up to four layers of dm and md. */
export const stacks: fc.Arbitrary<Stack> = fc
  .record({
    kernel: fc.constantFrom(...FLAVOURS),
    disks: fc.tuple(base('a'), base('b'), base('c')),
    layers: fc.array(layer, { maxLength: 4 }),
    dma,
  })
  .map(({ kernel, disks, layers, dma: mapping }) => {
    const pmem: DeviceSpec = {
      name: 'pmem0',
      driver: 'pmem',
      start: hex(PMEM),
      end: hex(PMEM + SECTORS * 512),
    };
    const devices: DeviceSpec[] = [...disks, pmem];
    const tops = devices.map(({ name }) => ({ name, sectors: SECTORS }));
    for (const each of layers) put(devices, tops, each);
    const ranges: MachineSpec['memory']['ranges'] = [
      { start: hex(RAM_FROM * 4096), end: hex(0x4000000), kind: 'ram', name: 'System RAM' },
      {
        start: hex(PMEM),
        end: hex(PMEM + SECTORS * 512),
        kind: 'pmem',
        name: 'Persistent RAM',
        structPages: 'none',
      },
    ];
    const plain = devices.every(
      (device) => !['raid10', 'raid5', 'drbd'].includes(device.driver) && !isCrypt(device),
    );
    return {
      spec: { name: 'stack', kernel, memory: { ranges }, devices, dma: mapping },
      tops,
      plain,
      zeroes: !devices.some(isCrypt),
    };
  });

const isCrypt = (device: DeviceSpec) =>
  device.driver === 'dm' && device.targets.some(({ type }) => type === 'crypt');

/** What is asked of a top device: shares of its size, so that it fits any. */
export interface Wish {
  readonly op: 'read' | 'write';
  readonly top: number;
  readonly at: number;
  readonly pages: number;
  readonly firstOffset: number;
  readonly lastSectors: number;
  readonly page: number;
  readonly stride: number;
  readonly flags: ('sync' | 'flush' | 'fua')[];
}
export const wishes: fc.Arbitrary<Wish[][]> = fc.array(
  fc.array(
    fc.record({
      op: fc.constantFrom('read' as const, 'write' as const, 'write' as const),
      top: fc.nat(3),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      pages: fc.integer({ min: 1, max: 40 }),
      firstOffset: fc.integer({ min: 0, max: 7 }),
      lastSectors: fc.integer({ min: 1, max: 8 }),
      page: fc.nat(WORKLOAD_PAGES / 2),
      stride: fc.constantFrom(1, 1, 2, 3),
      flags: fc.subarray<'sync' | 'flush' | 'fua'>(['sync', 'flush', 'fua']),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 6 },
);

/**
 * I/O that a kernel can build on this stack, each batch on pages of its own. What reaches past the end starts earlier;
 * what would meet another I/O of its batch on a disk is left out, for nobody knows which comes first.
 */
export function workloadOf({ tops }: Stack, wished: readonly (readonly Wish[])[]): Io[] {
  return wished.flatMap((batch, number) => {
    const taken: { device: string; from: number; to: number }[] = [];
    let nextPage = RAM_FROM;
    return batch.flatMap((wish, i): Io[] => {
      const { name, sectors } = tops[wish.top % tops.length]!;
      const vecs = [...Array(wish.pages).keys()].map((n) => {
        const offset = n === 0 ? wish.firstOffset * 512 : 0;
        const end = n === wish.pages - 1 ? Math.max(wish.lastSectors * 512, offset + 512) : 4096;
        return { pfn: hex(nextPage + n * wish.stride), offset, len: end - offset };
      });
      nextPage += wish.pages * wish.stride;
      const length = vecs.reduce((sum, v) => sum + v.len, 0) / 512;
      const sector = Math.floor(wish.at * (sectors - length));
      if (sector < 0 || taken.some((t) => t.device === name && t.from < sector + length && sector < t.to))
        return [];
      taken.push({ device: name, from: sector, to: sector + length });
      return [
        {
          op: wish.op,
          device: name,
          sector,
          add: 'bio_add_page',
          vecs,
          batch: number,
          plug: i === 0 && wish.page % 2 === 0,
          ...(wish.op === 'write' ? { fill: number * 100 + i + 1, flags: wish.flags } : {}),
        },
      ];
    });
  });
}
