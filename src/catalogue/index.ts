import type { CatalogueEntry } from './entry';
import { bioEntries } from './entries/bio';
import { bioFieldEntries } from './entries/bio-fields';
import { bioFillEntries } from './entries/bio-fill';
import { bioFlagEntries } from './entries/bio-flags';
import { bioLifeEntries } from './entries/bio-life';
import { bioPositionEntries } from './entries/bio-position';
import { bioWalkEntries } from './entries/bio-walk';
import { bvecEntries } from './entries/bvec';
import { bvecTodayEntries } from './entries/bvec-today';
import { configEntries } from './entries/config';
import { daxEntries } from './entries/dax';
import { dmaEntries } from './entries/dma';
import { dmaMapEntries } from './entries/dma-map';
import { dmaOpsEntries } from './entries/dma-ops';
import { dmaSyncEntries } from './entries/dma-sync';
import { dmaX86Entries } from './entries/dma-x86';
import { folioEntries } from './entries/folio';
import { kmapEntries } from './entries/kmap';
import { kmapPageEntries } from './entries/kmap-page';
import { p2pdmaEntries } from './entries/p2pdma';
import { pageAddressEntries } from './entries/page-address';
import { pfnEntries } from './entries/pfn';
import { pfnHelperEntries } from './entries/pfn-helpers';
import { pfnMergedEntries } from './entries/pfn-merged';
import { queueEntries } from './entries/queue';
import { queueLimitEntries } from './entries/queue-limits';
import { queueMergeEntries } from './entries/queue-merge';
import { scatterlistEntries } from './entries/scatterlist';
import { sgEntryEntries } from './entries/sg-entry';
import { sgListEntries } from './entries/sg-list';
import { sgWalkEntries } from './entries/sg-walk';
import { swiotlbEntries } from './entries/swiotlb';
import { zoneDeviceEntries } from './entries/zone-device';

export { LAID_OUT, layoutsOf } from './layouts';
export type { StructLayout } from './layouts';
export type {
  CatalogueEntry,
  EntryKind,
  EntryText,
  EntryVariant,
  KernelVersion,
  PictureId,
  Signature,
  Source,
  SourceCertainty,
  VariantCondition,
} from './entry';

const ALL: readonly CatalogueEntry[] = [
  ...pfnEntries,
  ...pfnHelperEntries,
  ...pfnMergedEntries,
  ...bvecEntries,
  ...bvecTodayEntries,
  ...bioEntries,
  ...bioFieldEntries,
  ...bioFillEntries,
  ...bioFlagEntries,
  ...bioLifeEntries,
  ...bioPositionEntries,
  ...bioWalkEntries,
  ...queueEntries,
  ...queueLimitEntries,
  ...queueMergeEntries,
  ...dmaEntries,
  ...dmaMapEntries,
  ...dmaSyncEntries,
  ...dmaOpsEntries,
  ...dmaX86Entries,
  ...swiotlbEntries,
  ...kmapEntries,
  ...kmapPageEntries,
  ...pageAddressEntries,
  ...folioEntries,
  ...scatterlistEntries,
  ...sgEntryEntries,
  ...sgListEntries,
  ...sgWalkEntries,
  ...daxEntries,
  ...zoneDeviceEntries,
  ...p2pdmaEntries,
  ...configEntries,
];

const BY_NAME: ReadonlyMap<string, CatalogueEntry> = new Map(ALL.map((entry) => [entry.name, entry]));

/**
 * The entry for a kernel name.
 *
 * @param name the name as it stands in the source, case and underscores included
 * @returns the entry, or undefined when the catalogue does not know the name
 */
export function lookup(name: string): CatalogueEntry | undefined {
  return BY_NAME.get(name);
}

/** Every entry, grouped by theme; each name occurs once. */
export function entries(): readonly CatalogueEntry[] {
  return ALL;
}
