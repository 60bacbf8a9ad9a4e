import { pfnLayouts } from '../engine/pfn';
import { __va, pfn_to_page } from '../engine/memory/address-space';
import type { Extent, PhysicalMap } from '../engine/memory/physical-map';
import { zoneAt, zonesOf } from '../engine/memory/zones';
import { PAGE_SIZE, formatBytes, groupedHex } from '../model/address';
import { pagesOf, type BioVector } from '../model/bio-vectors';
import { posting } from '../model/flavour';
import type { MachineSpec } from '../model/machine-spec';
import type { MapView } from '../protocol/map-view';
import type { PageView } from '../protocol/page-view';
import type { Fact } from '../protocol/values';
import { groupedWord, wordFacts } from './words';

/** What is asked when a page is looked at. */
export interface PageContext {
  readonly spec: MachineSpec;
  readonly map: PhysicalMap;
  readonly view: MapView;
  readonly vectors: readonly BioVector[];
}

/** One page with all that is known of it; `undefined` past the end of the machine's memory. */
export function pageView(context: PageContext, pfn: number): PageView | undefined {
  const extent = context.map.at(pfn * PAGE_SIZE);
  if (!extent) return undefined;
  const offset = pfn * PAGE_SIZE - extent.start;
  const where = offset > 0 ? ` + ${groupedHex(offset)}` : '';
  return {
    pfn,
    title: `pfn ${groupedHex(pfn)} · ${extent.name}${where}`,
    physical: physical(context, pfn, extent),
    words: words(context, pfn, extent),
    pointers: pointers(context, pfn),
    sentence: sentence(context, extent),
  };
}

const OWNER: Readonly<Record<Extent['page'], string>> = {
  memmap: 'the page allocator (RAM)',
  section: 'nobody: reserved, described because its section holds RAM',
  device: 'its device (ZONE_DEVICE)',
  none: 'its driver alone: no struct page',
};

function physical({ spec, map }: PageContext, pfn: number, extent: Extent): Fact[] {
  const start = pfn * PAGE_SIZE;
  const { sectionSize } = map.space;
  const zone = extent.page === 'none' ? undefined : zoneAt(zonesOf(spec, map), start);
  const zoneName = extent.page === 'device' ? 'Device' : zone?.name;
  const facts: Fact[] = [
    { label: 'physical', value: `${groupedHex(start)} – ${groupedHex(start + PAGE_SIZE - 1)}`, code: true },
    { label: 'pfn', value: `${groupedHex(pfn)} (${pfn})`, code: true },
    { label: 'in', value: `${extent.name}, ${formatBytes(extent.end - extent.start)} of ${extent.kind}` },
    {
      label: 'zone',
      value: zoneName ?? 'none: a zone is made of struct pages',
      ...(zone?.assumed && zoneName !== 'Device' ? { badge: 'assumed' as const } : {}),
    },
    zone && !zone.assumed
      ? { label: 'node', value: String(zone.node) }
      : { label: 'node', value: 'not told: /proc/zoneinfo would' },
  ];
  if (sectionSize > 0) {
    const number = Math.floor(start / sectionSize);
    const present = extent.page === 'memmap' || extent.page === 'section';
    const memmap = present ? 'present' : extent.page === 'device' ? 'of a device' : 'no memmap';
    facts.push({ label: 'section', value: `${number} (${formatBytes(sectionSize)}), ${memmap}` });
  }
  const owner = extent.kind === 'hole' ? 'nobody: no resource claims it' : OWNER[extent.page];
  return [
    ...facts,
    {
      label: 'owner',
      value: owner,
      ...(extent.assumed === undefined ? {} : { badge: 'assumed' as const }),
    },
  ];
}

function words({ map }: PageContext, pfn: number, extent: Extent): Fact[] {
  const { space } = map;
  const has = extent.page !== 'none';
  const start = pfn * PAGE_SIZE;
  const mapped = map.directMapped(start);
  return [
    {
      label: 'struct page *',
      value: has ? groupedWord(pfn_to_page(BigInt(pfn), space), space) : 'none',
      code: has,
    },
    {
      label: 'direct map',
      value: mapped ? groupedWord(__va(BigInt(start), space), space) : notMapped(map, start, extent),
      code: mapped,
    },
    ...wordFacts(pfnLayouts, pfn, extent, space, (layout) => layout.id),
  ];
}

function notMapped(map: PhysicalMap, start: number, extent: Extent): string {
  if (start >= map.space.lowmem) return 'not mapped: HIGHMEM, above what the kernel can reach at once';
  if (extent.kind === 'pmem') return 'not mapped: its driver ioremaps it elsewhere';
  return 'not mapped: it is not RAM';
}

function pointers({ view, vectors }: PageContext, pfn: number): Fact[] {
  const [start, end] = [pfn * PAGE_SIZE, (pfn + 1) * PAGE_SIZE];
  const inside = (range: { start: number; end: number }) => range.start < end && range.end > start;
  const facts: Fact[] = vectors
    .filter((vector) => pfn >= vector.pfn && pfn < vector.pfn + pagesOf(vector))
    .map(({ bio, vec, offset, len }) => ({
      label: `bio ${bio}`,
      value: `bv[${vec}] · offset ${offset} + ${len} B`,
    }));
  for (const { by } of (view.windows ?? []).filter(inside)) facts.push({ label: 'kmap', value: by });
  if (view.swiotlb && inside(view.swiotlb))
    facts.push({
      label: 'swiotlb',
      value: `slot ${groupedHex((start - view.swiotlb.start) / 2048)} of the pool`,
    });
  for (const { name, mode, at } of view.namespaces)
    if (at && inside(at)) facts.push({ label: 'namespace', value: `${name} (${mode})` });
  for (const { text } of view.marks.filter(inside)) facts.push({ label: 'note', value: text });
  return facts;
}

/** What code finds when it is handed this page, in the kernel of this machine. */
function sentence({ spec }: PageContext, extent: Extent): string {
  if (extent.kind === 'hole') return 'Nothing is here: no resource claims these bytes.';
  if (extent.page !== 'none') {
    return extent.page === 'section'
      ? 'pfn_to_page() gives a page here, but it is reserved: nothing may be read into it.'
      : 'Any bio may point here: there is a struct page to point to.';
  }
  if (extent.kind !== 'pmem') return 'No struct page describes these bytes: no bio can name them.';
  if (spec.kernel.flavour !== '4.1-pfn')
    return `A bio_vec of ${spec.kernel.flavour} holds a struct page *, and there is none: no bio can point here.`;
  return posting(spec.kernel) === 'v1'
    ? 'bvec_page() computes a struct page * here, and nothing is behind it: the first access is a fault.'
    : 'bvec_page() gives NULL here: code that wants the page, such as a bounce, finds none.';
}
