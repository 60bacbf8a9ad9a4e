import type { CFile } from '../c-file';
import { bioData } from './bio-data';
import { bvPageRead } from './bv-page-read';
import { bvPageWrite } from './bv-page-write';
import type { Hazard, Place } from './hazard';
import { kmapPage } from './kmap-page';
import { kmapSleep } from './kmap-sleep';
import { kmapUnpaired } from './kmap-unpaired';
import { mapPageOp } from './map-page-op';
import { pageAddress } from './page-address';
import { pageArithmetic } from './page-arithmetic';
import { sgPage } from './sg-page';
import { sgPhysByHand } from './sg-phys-by-hand';
import { dmaUnchecked, kmapUnchecked } from './unchecked';

export type { Hazard, Severity } from './hazard';

/** Every hazard, the plainest first. */
export const HAZARDS: readonly Hazard[] = [
  bvPageRead,
  bvPageWrite,
  pageAddress,
  kmapPage,
  pageArithmetic,
  bioData,
  sgPage,
  sgPhysByHand,
  kmapUnpaired,
  kmapSleep,
  kmapUnchecked,
  dmaUnchecked,
  mapPageOp,
];

/** A file without any of these words has no hazard, and costs nothing but the search for them. */
export const HAZARD_WORDS: readonly string[] = [...new Set(HAZARDS.flatMap((one) => one.words))];

export interface Finding extends Place {
  readonly hazard: Hazard;
}

/** The hazards of a file, in the order of its text. */
export function findHazards(file: CFile, hazards: readonly Hazard[] = HAZARDS): readonly Finding[] {
  return hazards
    .flatMap((hazard) => hazard.find(file).map((place) => ({ ...place, hazard })))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}
