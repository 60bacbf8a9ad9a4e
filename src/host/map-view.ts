import { storyLayouts } from '../engine/pfn';
import { PhysicalMap, type Extent } from '../engine/memory/physical-map';
import { __va, pfn_to_page } from '../engine/memory/address-space';
import { PAGE_SIZE, formatBytes, groupedHex } from '../model/address';
import type { MachineSpec } from '../model/machine-spec';
import type { Fact, MapView } from '../protocol/view-state';

/** The memory map of a machine, with what an inspector says of each extent. */
export function mapView(spec: MachineSpec): MapView {
  const map = new PhysicalMap(spec);
  return {
    totals: map.totals(),
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
      value: address(pfn_to_page(BigInt(first), map.space)),
      code: true,
    });
  }
  const mapped = map.directMapped(extent.start);
  list.push({
    label: 'direct map',
    value: mapped ? address(__va(BigInt(extent.start), map.space)) : 'not mapped',
    code: mapped,
  });
  return [...list, ...words(first, extent)];
}

/** The first page of an extent as a word of each version: the series in four lines. */
function words(pfn: number, extent: Extent): Fact[] {
  const pageless = extent.page === 'none';
  if (extent.kind !== 'ram' && extent.kind !== 'pmem') return [];
  return storyLayouts.map((layout) => ({
    label: `${groupedHex(pfn)} in ${layout.id}`,
    value: `0x${layout.encode(BigInt(pfn), { dev: pageless || extent.page === 'device', map: extent.page === 'device' }).toString(16)}`,
    code: true,
    ...(layout.reconstructed ? { badge: 'reconstructed' as const } : {}),
  }));
}

function address(value: bigint): string {
  return `0x${value
    .toString(16)
    .padStart(16, '0')
    .replace(/\B(?=(.{4})+$)/g, '_')}`;
}
