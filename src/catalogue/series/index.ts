import type { SeriesFile } from './series-file';
import { btrfs } from './files/btrfs';
import { core } from './files/core';
import { disks } from './files/disks';
import { disksS390 } from './files/disks-s390';
import { dma } from './files/dma';
import { headers } from './files/headers';
import { producers } from './files/producers';
import { stacked } from './files/stacked';
import { transports } from './files/transports';

export { PATCHES, SINCE_V2 } from './patches';
export { seriesFilePage, seriesPage } from './page';
export { ACCESSES, OUTCOMES, ROLES } from './series-file';
export type { SeriesFile } from './series-file';
export { NO_FILTER, seriesTree, type SeriesFilter, type SeriesNode } from './tree';
export { ACCESS, OUTCOME, ROLE } from './words';

/** Every file of the diffstat, in its order. */
export const SERIES_FILES: readonly SeriesFile[] = [
  ...core,
  ...headers,
  ...dma,
  ...disks,
  ...disksS390,
  ...transports,
  ...stacked,
  ...btrfs,
  ...producers,
].sort((a, b) => (a.file < b.file ? -1 : 1));

const BY_PATH = new Map(SERIES_FILES.map((row) => [row.file, row]));

/** The row of a path in a kernel tree, if the series touches it. */
export function seriesFile(path: string): SeriesFile | undefined {
  return BY_PATH.get(path);
}
