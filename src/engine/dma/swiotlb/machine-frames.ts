import { PAGE_SIZE } from '../../../model/address';
import type { SwiotlbPool } from './swiotlb-pool';

/** Page frames whose machine frames follow each other, and how many such runs change places. */
const RUN = 8;
const RUNS = 128;

/**
 * An example of how a hypervisor deals out machine frames: runs of 32 KiB in reverse order within each 4 MiB. Only the
 * bounce pool is contiguous, for the domain has it exchanged at boot.
 */
export function exampleMachineFrames(pool: SwiotlbPool) {
  const first = pool.start / PAGE_SIZE;
  const last = (pool.start + pool.bytes) / PAGE_SIZE;
  const span = RUN * RUNS;
  const reversed = (frame: number): number => {
    if (frame >= Math.floor(first / span) * span && frame < Math.ceil(last / span) * span) return frame;
    const base = Math.floor(frame / span) * span;
    const run = Math.floor((frame - base) / RUN);
    return base + (RUNS - 1 - run) * RUN + ((frame - base) % RUN);
  };
  // Reversing twice gives the frame again.
  return { pfn_to_mfn: reversed, mfn_to_pfn: reversed };
}
