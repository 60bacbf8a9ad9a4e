import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { BIO_CLONED } from './flags';
import { ruleText } from './rule';
import type { Bio } from './tables';

const UINT_MAX = 0xffffffff;

/**
 * 6.12: no limit of the queue matters yet, a bio is split when it is submitted. What follows the last vector in memory
 * makes it longer, over any number of pages.
 */
export function bio_add_page(kernel: Kernel, bio: Bio, pfn: number, len: number, offset: number): number {
  const added = addPage(kernel, bio, pfn, len, offset);
  const { trace } = kernel;
  const note = added === 0 ? trace.note(kernel.refusal) : 0;
  trace.bio(trace.id.bio_add_page, bio.bi_bdev.id, bio, pfn, offset, len, added, 0, note);
  return added;
}

function addPage(kernel: Kernel, bio: Bio, pfn: number, len: number, offset: number): number {
  const { bvecs } = kernel;
  if (bio.bi_flags & BIO_CLONED) return refuse(kernel, bio, 1, 'flag', '!=', 'BIO_CLONED', 0);
  const size = bio.bi_size + len;
  if (size > UINT_MAX) return refuse(kernel, bio, size, 'bytes', '>', 'UINT_MAX', UINT_MAX);

  const count = bio.bi_vcnt;
  const bv = bio.bi_io_vec + count;
  if (count > 0 && bvec_try_merge_page(kernel, bv - 1, pfn, len, offset)) {
    bio.bi_size = size;
    return len;
  }
  const max_vecs = bio.bi_max_vecs;
  if (count >= max_vecs) return refuse(kernel, bio, count + 1, 'vectors', '>', 'bi_max_vecs', max_vecs);
  bvecs.pfn[bv] = pfn;
  bvecs.dev[bv] = 0;
  bvecs.len[bv] = len;
  bvecs.offset[bv] = offset;
  bio.bi_vcnt = count + 1;
  bio.bi_size = size;
  return len;
}

function bvec_try_merge_page(kernel: Kernel, bv: number, pfn: number, len: number, offset: number): boolean {
  const { bvecs } = kernel;
  const end = bvecs.pfn[bv]! * PAGE_SIZE + bvecs.offset[bv]! + bvecs.len[bv]!;
  if (end !== pfn * PAGE_SIZE + offset) return false;
  if (!zone_device_pages_have_same_pgmap(kernel, end - 1, end)) return false;
  bvecs.len[bv]! += len;
  return true;
}

/** Pages of a device go together only with pages of the same one: each has a memmap of its own. Physical bytes. */
export function zone_device_pages_have_same_pgmap(kernel: Kernel, a: number, b: number): boolean {
  const { map } = kernel;
  const from = map.at(a);
  const to = map.at(b);
  return from === to || (from?.page !== 'device' && to?.page !== 'device');
}

function refuse(
  kernel: Kernel,
  bio: Bio,
  value: number,
  unit: string,
  comparison: '>' | '!=',
  limitName: string,
  limit: number,
): 0 {
  const { name } = bio.bi_bdev.disk;
  kernel.refusal = ruleText('bio_add_page', value, unit, comparison, limitName, limit, name);
  return 0;
}
