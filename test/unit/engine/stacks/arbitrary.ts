import fc from 'fast-check';
import { hex } from '../../../../src/model/address';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';
import { MEMORY, SECTORS, base } from './disks';
import { layer, put } from './layers';
import { Rules, isIn } from './rules';

const DISKS = ['a', 'b', 'c', 'd'] as const;
const RAM_FROM = 0x100;
/** Pages the workload may name; the rest of RAM is the drivers'. */
const WORKLOAD_PAGES = 2048;
const FLAVOURS: MachineSpec['kernel'][] = [
  { flavour: '4.1' },
  { flavour: '4.1-pfn', posting: 'v1' },
  { flavour: '4.1-pfn', posting: 'v3' },
  { flavour: '6.12' },
];

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
}

/** Five disks, one of them pmem, in up to five layers. */
export const stacks: fc.Arbitrary<Stack> = fc
  .record({
    kernel: fc.constantFrom(...FLAVOURS),
    disks: fc.tuple(...DISKS.map(base)),
    layers: fc.array(layer, { maxLength: 5 }),
    dma,
  })
  .map(({ kernel, disks, layers, dma: mapping }) => {
    const place = (at: number) => ({
      start: hex(MEMORY + at * SECTORS * 512),
      end: hex(MEMORY + (at + 1) * SECTORS * 512),
    });
    const known = disks.map((disk) =>
      isIn(disk.driver, kernel) ? disk : ({ ...disk, driver: 'xpram' } as DeviceSpec),
    );
    const devices: DeviceSpec[] = [...known, { name: 'pmem0', driver: 'pmem', ...place(DISKS.length) }];
    const tops = devices.map(({ name }) => ({ name, sectors: SECTORS }));
    for (const each of layers) put(devices, tops, each);
    const ranges: MachineSpec['memory']['ranges'] = [
      { start: hex(RAM_FROM * 4096), end: hex(0x4000000), kind: 'ram', name: 'System RAM' },
      {
        start: place(0).start,
        end: place(DISKS.length).end,
        kind: 'pmem',
        name: 'Persistent RAM',
        structPages: 'none',
      },
    ];
    return { spec: { name: 'stack', kernel, memory: { ranges }, devices, dma: mapping }, tops };
  });

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
      top: fc.nat(4),
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
 * I/O that a kernel can build on this stack, in blocks its devices take, each batch on pages of its own. What reaches past
 * the end starts earlier; what would meet another I/O of its batch on a disk is left out, for nobody knows which comes first.
 */
export function workloadOf({ spec, tops }: Stack, wished: readonly (readonly Wish[])[]): Io[] {
  const rules = new Rules(spec.devices!);
  return wished.flatMap((batch, number) => {
    const taken: { device: string; from: number; to: number }[] = [];
    let nextPage = RAM_FROM;
    return batch.flatMap((wish, i): Io[] => {
      const { name, sectors } = tops[wish.top % tops.length]!;
      const block = rules.block(name);
      const whole = (count: number) => Math.floor(count / block) * block;
      const vecs = [...Array(wish.pages).keys()].map((n) => {
        const offset = n === 0 ? whole(wish.firstOffset) * 512 : 0;
        const end =
          n === wish.pages - 1
            ? Math.max(whole(wish.lastSectors + block - 1), offset / 512 + block) * 512
            : 4096;
        return { pfn: hex(nextPage + n * wish.stride), offset, len: end - offset };
      });
      nextPage += wish.pages * wish.stride;
      const length = vecs.reduce((sum, v) => sum + v.len, 0) / 512;
      const op = rules.writable(name) ? wish.op : 'read';
      const sector = whole(wish.at * (sectors - length));
      if (
        length > sectors ||
        taken.some((t) => t.device === name && t.from < sector + length && sector < t.to)
      )
        return [];
      taken.push({ device: name, from: sector, to: sector + length });
      return [
        {
          op,
          device: name,
          sector,
          add: 'bio_add_page',
          vecs,
          batch: number,
          plug: i === 0 && wish.page % 2 === 0,
          ...(op === 'write' ? { fill: number * 100 + i + 1, flags: wish.flags } : {}),
        },
      ];
    });
  });
}
