import { bio_put } from '../../../engine/block/bio';
import { BIO_SEG_VALID, REQ_NOMERGE, REQ_WRITE } from '../../../engine/block/flags';
import { bio_sectors } from '../../../engine/block/iter';
import { blk_rq_map_sg } from '../../../engine/block/map-sg';
import {
  blk_try_merge,
  init_request_from_bio,
  ll_back_merge_fn,
  ll_front_merge_fn,
} from '../../../engine/block/merge';
import type { Request } from '../../../engine/block/requests';
import { blk_recalc_rq_segments, blk_recount_segments } from '../../../engine/block/segments';
import { SgTable } from '../../../engine/block/sg-table';
import { compare, type Checker } from '../case';
import { bioOf, rig, setLimits, type Rig } from './rig';
import { field, fields, lines } from './rows';

/** segs.csv: segments of bios, their scatterlist, and merges, under the limits of the LIM row with the same number. */
export const segs: Checker = function* (text, path) {
  const one = rig();
  const limits = new Map<string, ReadonlyMap<string, string>>();
  for (const row of lines(text)) {
    const [kind, lim, number] = row.split(',');
    const found = fields(row);
    if (kind === 'LIM') {
      limits.set(lim!, found);
      continue;
    }
    const expected = row.slice(row.indexOf(kind === 'SEG' ? ',out=' : ',try_merge=') + 1);
    setLimits(one, limits.get(lim!)!);
    const got = kind === 'SEG' ? segRow(one, field(found, 'in')) : mergeRow(one, found);
    yield compare(`${path} ${kind},${lim},${number}`, expected, got);
  }
};

function newRequest({ kernel, disk }: Rig): Request {
  const rq = kernel.requests.alloc(disk);
  rq.cmd_flags = 0;
  rq.nr_phys_segments = 0;
  return rq;
}

function segRow(one: Rig, vecs: string): string {
  const { kernel, disk } = one;
  const { requests } = kernel;
  const chain = vecs.split('^').map((vecsOfOne) => bioOf(one, vecsOfOne));
  const out = chain.map((bio) => {
    blk_recount_segments(kernel, disk.queue, bio);
    const valid = bio.bi_flags & BIO_SEG_VALID ? 1 : 0;
    const sizes = `${bio.bi_seg_front_size}:${bio.bi_seg_back_size}`;
    return `${bio.bi_phys_segments}:${sizes}:${valid}`;
  });
  chain.forEach((bio, i) => (bio.bi_next = chain[i + 1]));

  const rq = newRequest(one);
  rq.bio = chain[0]!;
  rq.biotail = chain.at(-1)!;
  blk_recalc_rq_segments(kernel, rq);
  const sg = new SgTable();
  const mapped = blk_rq_map_sg(kernel, rq, sg);
  const entries = Array.from(
    { length: mapped },
    (_, i) => `${sg.phys[i]!.toString(16)}/${sg.length[i]!}`,
  ).join('|');
  const recalc = rq.nr_phys_segments;
  for (const bio of chain) bio_put(kernel, bio);
  requests.release(rq);
  return `out=${out.join('^')},recalc=${recalc},mapsg=${mapped},sg=${entries}L`;
}

/** Where the two lie is not in the row, only that they met, and on which side. */
function mergeRow(one: Rig, row: ReadonlyMap<string, string>): string {
  const { kernel } = one;
  const { requests } = kernel;
  const fn = field(row, 'fn');
  const first = bioOf(one, field(row, 'rq'), REQ_WRITE, 100_000);
  const bio = bioOf(one, field(row, 'bio'));
  bio.bi_sector = fn === 'front' ? 100_000 - bio_sectors(bio) : 100_000 + bio_sectors(first);
  const rq = newRequest(one);
  init_request_from_bio(kernel, rq, first);
  // The capture's driver counted its request by hand, which NO_SG_MERGE makes another number than the bio's.
  blk_recalc_rq_segments(kernel, rq);
  const before = rq.nr_phys_segments;
  const side = blk_try_merge(rq, bio);
  const ret = fn === 'front' ? ll_front_merge_fn(kernel, rq, bio) : ll_back_merge_fn(kernel, rq, bio);
  const nomerge = rq.cmd_flags & REQ_NOMERGE ? 1 : 0;
  const after = rq.nr_phys_segments;
  const counted = bio.bi_phys_segments;
  bio_put(kernel, first);
  bio_put(kernel, bio);
  requests.release(rq);
  const calls = `try_merge=${side},nr_before=${before},fn=${fn},ret=${ret ? 1 : 0}`;
  return `${calls},bio_nr=${counted},nr_after=${after},nomerge=${nomerge}`;
}
