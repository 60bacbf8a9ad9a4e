import type { DmaOpsName } from '../../model/dma-spec';
import type { MachineSpec } from '../../model/machine-spec';
import { phys } from '../../model/address';
import type { PhysicalMap } from '../memory/physical-map';
import type { BounceOptions } from './bounce';
import type { DmaParameters } from './cmdline';
import type { DmaOps } from './dma-ops';
import { exampleMachineFrames } from './machine-frames';
import { nommu } from './nommu';
import { sta2x11, STA2X11_SWIOTLB_SIZE } from './sta2x11';
import { swiotlb } from './swiotlb';
import { IO_TLB_SEGSIZE, IO_TLB_SIZE, SwiotlbPool } from './swiotlb-pool';
import { xenSwiotlb } from './xen-swiotlb';

/** Ops, with what a picture of them shows. */
export interface MadeOps {
  readonly ops: DmaOps;
  readonly pool?: SwiotlbPool;
  /** Memory that is theirs from boot on. Bytes. */
  readonly reserved: readonly { readonly start: number; readonly end: number }[];
}

interface World extends Omit<BounceOptions, 'pool'> {
  readonly map: PhysicalMap;
}

/** Bytes of the pool where nobody asked for another size, and of the buffer behind failed mappings. */
const POOL = 64 * 2 ** 20;
const OVERFLOW = 32 * 1024;
const MIB = 2 ** 20;
const FOUR_GIB = 2 ** 32;
/** Where GFP_DMA ends: what is set up after boot lies below it. */
const ZONE_DMA = 16 * MIB;

/** Makes the DMA ops of a machine. */
export function makeOps(
  name: DmaOpsName,
  spec: MachineSpec,
  parameters: DmaParameters,
  world: World,
): MadeOps {
  const { map, ...rest } = world;
  const withPool = (ops: DmaOps, pool: SwiotlbPool): MadeOps => ({
    ops,
    pool,
    reserved: [{ start: pool.start - OVERFLOW, end: pool.start + pool.bytes }],
  });
  const pooled = (bytes: number, below: number) => {
    const { start, nslabs } = placeOfPool(spec, map, parameters.nslabs ?? bytes / IO_TLB_SIZE, below);
    const pool = new SwiotlbPool(start, nslabs);
    return { ...rest, pool, overflow_buffer: start - OVERFLOW, force: parameters.swiotlb_force };
  };
  switch (name) {
    case 'swiotlb': {
      const options = pooled(POOL, FOUR_GIB);
      return withPool(swiotlb(options), options.pool);
    }
    case 'xen-swiotlb': {
      const options = pooled(POOL, FOUR_GIB);
      return withPool(xenSwiotlb({ ...options, ...exampleMachineFrames(options.pool) }), options.pool);
    }
    case 'sta2x11': {
      const options = pooled(STA2X11_SWIOTLB_SIZE, ZONE_DMA);
      const ambaBase = phys(spec.dma?.ambaBase ?? '0x80000000');
      return withPool(sta2x11({ ...options, ambaBase }), options.pool);
    }
    default:
      return { ops: nommu(rest.printk), reserved: [] };
  }
}

/** Where the pool lies: as the spec says, or - an example - at the end of the last RAM below a limit that has room. */
function placeOfPool(
  spec: MachineSpec,
  map: PhysicalMap,
  asked: number,
  below: number,
): { start: number; nslabs: number } {
  const said = spec.memory.swiotlb;
  if (said) {
    const start = phys(said.start);
    const slots = Math.floor((phys(said.end) - start) / IO_TLB_SIZE);
    return { start, nslabs: slots - (slots % IO_TLB_SEGSIZE) };
  }
  const size = asked * IO_TLB_SIZE;
  const room = map.extents
    .filter(({ kind }) => kind === 'ram')
    .map(({ start, end }) => ({ start, end: Math.floor(Math.min(end, below) / MIB) * MIB }))
    .filter(({ start, end }) => end - start >= size + OVERFLOW)
    .at(-1);
  return room ? { start: room.end - size, nslabs: asked } : { start: 0, nslabs: 0 };
}
