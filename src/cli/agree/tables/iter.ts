import { bio_put } from '../../../engine/block/bio';
import { REQ_DISCARD, REQ_WRITE } from '../../../engine/block/flags';
import {
  bio_advance,
  bio_end_sector,
  bio_iter_len,
  bio_iter_offset,
  bio_iter_pfn,
  bio_segments,
} from '../../../engine/block/iter';
import { compare, type Case, type Checker } from '../case';
import { bioOf, rig, type Rig } from './rig';
import { field, fields, lines, numberField, vecText } from './rows';

/** iter.csv: a bio is made at some place, then advanced by steps of any length until nothing is left. */
export const iter: Checker = function* (text, path) {
  const one = rig();
  let bio = -1;
  for (const row of lines(text)) {
    const parts = row.split(',');
    if (parts[0] === 'ITERDISCARD') {
      yield discardRow(one, path, row);
    } else if (parts[2] === 'init') {
      if (bio >= 0) bio_put(one.kernel, bio);
      bio = initial(one, parts);
      const got = `segs=${bio_segments(one.kernel, bio)},end=${bio_end_sector(one.kernel, bio)}`;
      yield compare(`${path} ITER,${parts[1]},init`, parts.slice(-2).join(','), got);
    } else {
      bio_advance(one.kernel, bio, Number(parts[2]!.slice('adv='.length)));
      yield compare(`${path} ${parts.slice(0, 3).join(',')}`, parts.slice(3).join(','), state(one, bio));
    }
  }
};

function initial(one: Rig, [, , , sector, size, idx, done, vecs]: string[]): number {
  const { bios } = one.kernel;
  const bio = bioOf(one, vecs!, REQ_WRITE, Number(sector));
  bios.bi_size[bio] = Number(size);
  bios.bi_idx[bio] = Number(idx);
  bios.bi_bvec_done[bio] = Number(done);
  return bio;
}

function place({ kernel: { bios } }: Rig, bio: number): string {
  return `${bios.bi_sector[bio]},${bios.bi_size[bio]},${bios.bi_idx[bio]},${bios.bi_bvec_done[bio]}`;
}

function state(one: Rig, bio: number): string {
  const { kernel } = one;
  const current =
    kernel.bios.bi_size[bio] === 0
      ? 'end'
      : vecText(bio_iter_pfn(kernel, bio), bio_iter_offset(kernel, bio), bio_iter_len(kernel, bio));
  return `${place(one, bio)},${current},segs=${bio_segments(kernel, bio)}`;
}

/** The row tells only what came out: the bio was 1 MiB at sector 100. */
function discardRow(one: Rig, path: string, row: string): Case {
  const [, , ...after] = row.split(',');
  const step = numberField(fields(row), 'adv');
  const bio = bioOf(one, '', REQ_WRITE | REQ_DISCARD, 100);
  one.kernel.bios.bi_size[bio] = 2 ** 20;
  bio_advance(one.kernel, bio, step);
  const got = `${place(one, bio)},segs=${bio_segments(one.kernel, bio)}`;
  bio_put(one.kernel, bio);
  const expected = `${after.slice(0, -1).join(',')},segs=${field(fields(row), 'segs')}`;
  return compare(`${path} ITERDISCARD`, expected, got);
}
