import { phys } from '../../model/address';
import type { MachineSpec } from '../../model/machine-spec';
import type { PhysicalMap } from './physical-map';

/** A zone's span in physical bytes; `end` is exclusive. */
export interface ZoneSpan {
  readonly node: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** True where it follows from the architecture's rule, not from what the machine printed. */
  readonly assumed: boolean;
}

/** One past the last byte of ZONE_DMA and ZONE_DMA32 on x86 (arch/x86/include/asm/dma.h). */
const DMA_END = 16 * 2 ** 20;
const DMA32_END = 2 ** 32;

/**
 * The machine's zones: what /proc/zoneinfo told, else what x86 makes of its RAM on one node (x86-64: DMA, DMA32,
 * Normal; 32-bit: DMA, Normal, HighMem), spanning from the first to the last RAM in each.
 */
export function zonesOf(spec: MachineSpec, map: PhysicalMap): ZoneSpan[] {
  if (spec.memory.zones?.length) {
    return spec.memory.zones.map(({ node, name, start, end }) => ({
      node,
      name,
      start: phys(start),
      end: phys(end),
      assumed: false,
    }));
  }
  const borders: readonly [string, number][] =
    map.space.wordBits === 64
      ? [
          ['DMA', DMA_END],
          ['DMA32', DMA32_END],
          ['Normal', Infinity],
        ]
      : [
          ['DMA', DMA_END],
          ['Normal', map.space.lowmem],
          ['HighMem', Infinity],
        ];
  const ram = map.extents.filter((extent) => extent.kind === 'ram');
  let from = 0;
  return borders.flatMap(([name, to]) => {
    const inside = ram.filter((extent) => extent.end > from && extent.start < to);
    const span = {
      node: 0,
      name,
      start: Math.max(inside[0]?.start ?? 0, from),
      end: Math.min(inside.at(-1)?.end ?? 0, to),
      assumed: true,
    };
    from = to;
    return inside.length > 0 ? [span] : [];
  });
}

/** The zone of a byte of RAM or of a device's pages; zones of several nodes may interleave, so the narrowest wins. */
export function zoneAt(zones: readonly ZoneSpan[], address: number): ZoneSpan | undefined {
  return zones
    .filter((zone) => address >= zone.start && address < zone.end)
    .reduce<ZoneSpan | undefined>(
      (best, zone) => (best && best.end - best.start <= zone.end - zone.start ? best : zone),
      undefined,
    );
}
