import { storyLayouts } from '../engine/pfn';
import { PhysicalMap, type Extent } from '../engine/memory/physical-map';
import { __va, pfn_to_page, type AddressSpace } from '../engine/memory/address-space';
import { PAGE_SIZE, formatBytes, groupedHex, phys } from '../model/address';
import type { MachineSpec } from '../model/machine-spec';
import type { MapMark, MapNamespace } from '../protocol/map-view';
import type { Fact, MapView } from '../protocol/view-state';
import { groupedWord, wordFacts } from './words';
import { zonesOf } from '../engine/memory/zones';

/** The memory map of a machine, with what an inspector says of each extent. */
export function mapView(spec: MachineSpec, map = new PhysicalMap(spec)): MapView {
  const { swiotlb } = spec.memory;
  return {
    totals: map.totals(),
    structPageSize: map.space.structPageSize,
    sectionSize: map.space.sectionSize,
    zones: zonesOf(spec, map),
    namespaces: namespacesOf(spec),
    marks: marksOf(spec),
    ...(swiotlb ? { swiotlb: { start: phys(swiotlb.start), end: phys(swiotlb.end) } } : {}),
    extents: map.extents.map((extent) => ({
      start: extent.start,
      end: extent.end,
      kind: extent.kind,
      name: extent.name,
      page: extent.page,
      ...(extent.assumed === undefined ? {} : { assumed: extent.assumed }),
      facts: facts(map, extent),
    })),
  };
}

const OWNER: Readonly<Record<Extent['page'], string>> = {
  memmap: 'yes: RAM, managed by the page allocator',
  section: 'yes, but reserved: its section of 128 MiB holds RAM, so the section has a whole memmap',
  device: 'yes: ZONE_DEVICE',
  none: 'none',
};

function facts(map: PhysicalMap, extent: Extent): Fact[] {
  const bytes = extent.end - extent.start;
  const first = Math.ceil(extent.start / PAGE_SIZE);
  const last = Math.floor(extent.end / PAGE_SIZE) - 1;
  const list: Fact[] = [
    { label: 'physical', value: `${groupedHex(extent.start)} – ${groupedHex(extent.end - 1)}`, code: true },
    { label: 'size', value: formatBytes(bytes) },
  ];
  if (last < first) return list;
  list.push({ label: 'pfn', value: `${groupedHex(first)} – ${groupedHex(last)}`, code: true });
  if (extent.kind === 'hole') return [...list, { label: 'struct page', value: OWNER[extent.page] }];

  const where = { mem: ' (in RAM)', dev: ' (on the device)', none: '' }[extent.structPages];
  list.push({
    label: 'struct page',
    value: OWNER[extent.page] + (extent.page === 'device' ? where : ''),
    ...(extent.assumed === undefined ? {} : { badge: 'assumed' as const }),
  });
  if (extent.assumed !== undefined) list.push({ label: 'why assumed', value: extent.assumed });
  const cost = formatBytes((bytes / PAGE_SIZE) * map.space.structPageSize);
  if (extent.page === 'none') {
    list.push({ label: 'memmap', value: `none: ${cost} not spent on struct pages` });
  } else {
    list.push({ label: 'memmap', value: `${cost} of struct pages` });
    list.push({
      label: 'first struct page',
      value: groupedWord(pfn_to_page(BigInt(first), map.space), map.space),
      code: true,
    });
  }
  const mapped = map.directMapped(extent.start);
  list.push({
    label: 'direct map',
    value: mapped ? groupedWord(__va(BigInt(extent.start), map.space), map.space) : 'not mapped',
    code: mapped,
  });
  return [...list, ...words(first, extent, map.space)];
}

/** The first page of an extent as a word of each version: the series in four lines. */
function words(pfn: number, extent: Extent, space: AddressSpace): Fact[] {
  if (extent.kind !== 'ram' && extent.kind !== 'pmem') return [];
  return wordFacts(storyLayouts, pfn, extent, space, (layout) => `${groupedHex(pfn)} in ${layout.id}`);
}

function namespacesOf(spec: MachineSpec): MapNamespace[] {
  return (spec.memory.namespaces ?? []).map(({ name, mode, map, size, start, end }) => ({
    name,
    mode,
    map: map ?? 'none',
    size,
    ...(start !== undefined && end !== undefined ? { at: { start: phys(start), end: phys(end) } } : {}),
  }));
}

/** The notes people put on the memory, in the order of the document. */
export function marksOf(spec: MachineSpec): MapMark[] {
  return (spec.memory.marks ?? []).map(({ start, end, text, colour }) => ({
    start: phys(start),
    end: phys(end),
    text,
    ...(colour === undefined ? {} : { colour }),
  }));
}
