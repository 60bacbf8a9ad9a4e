import { phys } from '../../../model/address';
import type { MachineSpec } from '../../../model/machine-spec';
import type { BounceOptions } from './bounce';
import type { DmaParameters } from '../cmdline';
import type { PhysicalMap } from '../../memory/physical-map';
import { STA2X11_SWIOTLB_SIZE } from './sta2x11';
import { IO_TLB_SEGSIZE, IO_TLB_SIZE, SwiotlbPool } from './swiotlb-pool';

const MIB = 2 ** 20;
/** Bytes of the buffer behind failed mappings. */
const OVERFLOW = 32 * 1024;

/** Below which address a pool is made, and how large, where nobody asked for another size. Bytes. */
const PLACES = {
  low: { below: 2 ** 32, bytes: 64 * MIB },
  // What is set up after boot comes from ZONE_DMA.
  'zone-dma': { below: 16 * MIB, bytes: STA2X11_SWIOTLB_SIZE },
} as const;

type World = Omit<BounceOptions, 'pool'> & { readonly map: PhysicalMap };

/** A pool, what bounces through it need, and the memory that is theirs. */
export function poolFor(
  place: keyof typeof PLACES,
  spec: MachineSpec,
  { nslabs: asked, swiotlb_force: force }: DmaParameters,
  { map, copy, printk }: World,
) {
  const { below, bytes } = PLACES[place];
  const { start, nslabs } = placeOfPool(spec, map, asked ?? bytes / IO_TLB_SIZE, below);
  const pool = new SwiotlbPool(start, nslabs);
  return {
    options: { pool, copy, printk, force, overflow_buffer: start - OVERFLOW },
    reserved: nslabs > 0 ? [{ start: start - OVERFLOW, end: start + pool.bytes }] : [],
  };
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
