import { PAGE_SIZE } from '../../../model/address';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { physThroughKmap } from '../../kmap/page';

/** The CPU copies part of a bio's data to persistent memory, or from it. `from`: byte of what the bio still has. */
export function copyRange(
  kernel: Kernel,
  device: number,
  bio: Bio,
  from: number,
  length: number,
  memory: number,
  toMemory: boolean,
): void {
  const { bvecs } = kernel;
  let bv = bio.bi_io_vec + bio.bi_idx;
  let skip = from + bio.bi_bvec_done;
  while (skip >= bvecs.len[bv]!) skip -= bvecs.len[bv++]!;
  for (let done = 0; done < length;) {
    const offset = bvecs.offset[bv]! + skip;
    const inPage = offset % PAGE_SIZE;
    const len = Math.min(length - done, bvecs.len[bv]! - skip, PAGE_SIZE - inPage);
    const pfn = bvecs.pfn[bv]! + (offset - inPage) / PAGE_SIZE;
    const page = kernel.posting.bvec_page(pfn, bvecs.dev[bv]!);
    const mem = physThroughKmap(kernel, page, 'tier_copy') + inPage;
    if (toMemory) kernel.copy(device, bio, mem, memory + done, len);
    else kernel.copy(device, bio, memory + done, mem, len);
    done += len;
    skip += len;
    if (skip === bvecs.len[bv]) {
      bv++;
      skip = 0;
    }
  }
}
