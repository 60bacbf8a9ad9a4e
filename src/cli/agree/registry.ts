import type { Checker } from './case';
import { add } from './tables/add';
import { bio } from './tables/bio';
import { dma } from './tables/dma';
import { dmaDebug } from './tables/dma-debug';
import { directAccess } from './tables/direct-access';
import { doubleUnmap, iommu } from './tables/iommu';
import { iommuTrace } from './tables/iommu-trace';
import { iter } from './tables/iter';
import { segs } from './tables/segs';
import { sg } from './tables/sg';
import { stack } from './tables/stack';
import { tierBcache } from './tables/tier-bcache';
import { tierDmCache } from './tables/tier-dm-cache';
import { tierWritecache } from './tables/tier-writecache';
import { unbind } from './tables/unbind';
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

const DIRECT_ACCESS = /^direct_access-.*\.csv$/;

const UNBIND = /^(?:hold|unbind)-\w+-console\.txt$/;

/** Caches over a slow disk: what became of each bio. */
const TIERS: readonly (readonly [RegExp, Checker])[] = [
  [/^bcache-.*\.bios\.jsonl$/, tierBcache],
  [/^dmcache-.*\.bios\.jsonl$/, tierDmCache],
  [/^writecache-.*\.bios\.jsonl$/, tierWritecache],
];

export function checkerOf(name: string): Checker | undefined {
  const tier = TIERS.find(([pattern]) => pattern.test(name));
  if (tier) return tier[1];
  if (UNBIND.test(name)) return unbind;
  if (DIRECT_ACCESS.test(name)) return directAccess;
  if (IOMMU.test(name)) return iommu;
  return IOMMU_TRACE.test(name) ? iommuTrace : CHECKERS[name];
}
