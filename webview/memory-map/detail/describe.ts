import { groupedHex } from '../../../src/model/address';
import type { MapExtent } from '../../../src/protocol/map-view';
import type { DetailModel } from './model';

const PAGES: Readonly<Record<MapExtent['page'], string>> = {
  memmap: 'has a struct page',
  section: 'has a struct page, reserved',
  device: 'has a struct page (ZONE_DEVICE)',
  none: 'no struct page',
};

/** One page in one line: what a pointer over the picture would ask. */
export function describePage(model: DetailModel, pfn: number): string {
  const start = pfn * 4096;
  const inside = (range: { start: number; end: number }) => range.start < start + 4096 && range.end > start;
  const extent = model.extentAt(start);
  const { zones, windows = [], namespaces, marks, swiotlb } = model.view;
  const parts = [`pfn ${groupedHex(pfn)} at ${groupedHex(start)}`];
  if (!extent) return `${parts[0]}: beyond the memory map`;
  parts.push(extent.name, PAGES[extent.page]);
  const zone = extent.page === 'none' ? undefined : zones.find(inside);
  if (zone) parts.push(`zone ${zone.name}`);
  for (const { name, at } of namespaces) if (at && inside(at)) parts.push(name);
  if (swiotlb && inside(swiotlb)) parts.push('swiotlb pool');
  for (const vector of model.vectorsIn(pfn, pfn + 1))
    parts.push(`bio ${vector.bio} points here (bv[${vector.vec}])`);
  for (const { by } of windows.filter(inside)) parts.push(`mapped by ${by}`);
  for (const { text } of marks.filter(inside)) parts.push(`note: ${text}`);
  return parts.join(' · ');
}
