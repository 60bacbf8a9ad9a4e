import { PAGE_SIZE, groupedHex } from '../../model/address';
import type { MachineSpec } from '../../model/machine-spec';
import { PhysicalMap, type Extent } from '../memory/physical-map';
import { zoneAt, zonesOf, type ZoneSpan } from '../memory/zones';
import type { PfnFlags } from '../pfn/layout';
import type { Ground } from '../pfn/result';

/** A machine as numbers are read on it. */
export interface Machine {
  readonly map: PhysicalMap;
  readonly zones: readonly ZoneSpan[];
  readonly ground: Ground;
}

export function machineOf(spec: MachineSpec, map = new PhysicalMap(spec)): Machine {
  const small = (value: bigint) => value < 1n << 52n;
  return {
    map,
    zones: zonesOf(spec, map),
    ground: {
      space: map.space,
      hasPage: (pfn) => small(pfn << 12n) && map.hasPage(Number(pfn)),
      directMapped: (phys) => small(phys) && map.directMapped(Number(phys)),
    },
  };
}

/** What a page frame is on a machine, or why it is nothing. */
export type Place =
  | { readonly ok: true; readonly pfn: number; readonly extent: Extent; readonly about: string }
  | { readonly ok: false; readonly why: string };

const PAGES: Readonly<Record<Extent['page'], string>> = {
  memmap: 'has a struct page',
  section: 'has a reserved struct page, because its section holds RAM',
  device: 'has a struct page of ZONE_DEVICE',
  none: 'has no struct page',
};

/** The place of a pfn of any size. */
export function placeOf({ map, zones }: Machine, pfn: bigint): Place {
  const end = map.extents.at(-1)?.end ?? 0;
  if (pfn * BigInt(PAGE_SIZE) >= BigInt(end)) {
    const last = groupedHex(Math.max(0, Math.ceil(end / PAGE_SIZE) - 1));
    return { ok: false, why: `pfn ${hex(pfn)} is beyond this machine: its last is ${last}` };
  }
  const number = Number(pfn);
  const extent = map.at(number * PAGE_SIZE);
  if (!extent || extent.kind === 'hole')
    return { ok: false, why: `pfn ${hex(pfn)} is a hole: no resource claims it` };
  const zone = extent.page === 'device' ? 'Device' : zoneAt(zones, number * PAGE_SIZE)?.name;
  const inZone = zone !== undefined && extent.page !== 'none' ? `, zone ${zone}` : '';
  const kind = extent.kind === 'ram' ? 'RAM' : extent.kind;
  return {
    ok: true,
    pfn: number,
    extent,
    about: `pfn ${hex(pfn)} is ${kind} "${extent.name}"${inZone}, and ${PAGES[extent.page]}`,
  };
}

/** The flags with which a driver or the page allocator would name a page of this nature. */
export function flagsFor(page: Extent['page']): PfnFlags {
  return { dev: page === 'none' || page === 'device', map: page === 'device' };
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
