import type { Checker } from './case';
import { add } from './tables/add';
import { bio } from './tables/bio';
import { dma } from './tables/dma';
import { dmaDebug } from './tables/dma-debug';
import { iter } from './tables/iter';
import { segs } from './tables/segs';
import { sg } from './tables/sg';
import { stack } from './tables/stack';
import { v1flags } from './tables/v1flags';

/** The tables there are checkers for, by file name. */
export const CHECKERS: Readonly<Record<string, Checker>> = {
  'add.csv': add,
  'bio.csv': bio,
  'dma-nommu.csv': dma,
  'dma-swiotlb-force-1M.csv': dma,
  'dmesg-dma-api-debug.txt': dmaDebug,
  'iter.csv': iter,
  'segs.csv': segs,
  'sg.csv': sg,
  'stack.csv': stack,
  'v1flags.csv': v1flags,
};
