import type { Checker } from './case';
import { add } from './tables/add';
import { bio } from './tables/bio';
import { dma } from './tables/dma';
import { dmaDebug } from './tables/dma-debug';
import { doubleUnmap, iommu } from './tables/iommu';
import { iommuTrace } from './tables/iommu-trace';
import { iter } from './tables/iter';
import { segs } from './tables/segs';
import { sg } from './tables/sg';
import { stack } from './tables/stack';
import { v1flags } from './tables/v1flags';

/** The tables there are checkers for, by file name. */
const CHECKERS: Readonly<Record<string, Checker>> = {
  'add.csv': add,
  'bio.csv': bio,
  'dma-nommu.csv': dma,
  'dma-swiotlb-force-1M.csv': dma,
  'dmesg-dma-api-debug.txt': dmaDebug,
  'intel-double-unmap-deferred.txt': doubleUnmap,
  'iter.csv': iter,
  'segs.csv': segs,
  'sg.csv': sg,
  'stack.csv': stack,
  'v1flags.csv': v1flags,
};

/** Tables that are there for several masks: what was done, and the mask in hexadecimal. */
const IOMMU = /^(?:page|seq|sg|coh|full|bad)-[0-9a-f]+\.csv$/;
/** Real I/O, with what its driver mapped. */
const IOMMU_TRACE = /^real-\w+-iommu\.txt$/;

export function checkerOf(name: string): Checker | undefined {
  if (IOMMU.test(name)) return iommu;
  return IOMMU_TRACE.test(name) ? iommuTrace : CHECKERS[name];
}
