import type { CatalogueEntry } from './entry';
import { bioEntries } from './entries/bio';
import { bvecEntries } from './entries/bvec';
import { configEntries } from './entries/config';
import { dmaEntries } from './entries/dma';
import { kmapEntries } from './entries/kmap';
import { pfnEntries } from './entries/pfn';
import { pfnHelperEntries } from './entries/pfn-helpers';
import { queueEntries } from './entries/queue';
import { scatterlistEntries } from './entries/scatterlist';

export type {
  CatalogueEntry,
  EntryKind,
  EntryText,
  EntryVariant,
  PictureId,
  Signature,
  Source,
  SourceCertainty,
  VariantCondition,
} from './entry';

const ALL: readonly CatalogueEntry[] = [
  ...pfnEntries,
  ...pfnHelperEntries,
  ...bvecEntries,
  ...bioEntries,
  ...queueEntries,
  ...dmaEntries,
  ...kmapEntries,
  ...scatterlistEntries,
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
