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
import type { Bio } from '../../../engine/block/tables';
import { compare, type Case, type Checker } from '../case';
import { bioOf, rig, type Rig } from './rig';
import { field, fields, lines, numberField, vecText } from './rows';

/** iter.csv: a bio is made at some place, then advanced by steps of any length until nothing is left. */
export const iter: Checker = function* (text, path) {
  const one = rig();
  let bio: Bio | undefined;
  for (const row of lines(text)) {
    const parts = row.split(',');
    if (parts[0] === 'ITERDISCARD') {
      yield discardRow(one, path, row);
    } else if (parts[2] === 'init') {
      if (bio) bio_put(one.kernel, bio);
      bio = initial(one, parts);
      const got = `segs=${bio_segments(one.kernel, bio)},end=${bio_end_sector(bio)}`;
      yield compare(`${path} ITER,${parts[1]},init`, parts.slice(-2).join(','), got);
    } else {
      bio_advance(one.kernel, bio!, Number(parts[2]!.slice('adv='.length)));
      yield compare(`${path} ${parts.slice(0, 3).join(',')}`, parts.slice(3).join(','), state(one, bio!));
    }
  }
};

function initial(one: Rig, [, , , sector, size, idx, done, vecs]: string[]): Bio {
  const bio = bioOf(one, vecs!, REQ_WRITE, Number(sector));
  bio.bi_size = Number(size);
  bio.bi_idx = Number(idx);
  bio.bi_bvec_done = Number(done);
  return bio;
}

function place(bio: Bio): string {
  return `${bio.bi_sector},${bio.bi_size},${bio.bi_idx},${bio.bi_bvec_done}`;
}

function state(one: Rig, bio: Bio): string {
  const { kernel } = one;
  const current =
    bio.bi_size === 0
      ? 'end'
      : vecText(bio_iter_pfn(kernel, bio), bio_iter_offset(kernel, bio), bio_iter_len(kernel, bio));
  return `${place(bio)},${current},segs=${bio_segments(kernel, bio)}`;
}

/** The row tells only what came out: the bio was 1 MiB at sector 100. */
function discardRow(one: Rig, path: string, row: string): Case {
  const [, , ...after] = row.split(',');
  const step = numberField(fields(row), 'adv');
  const bio = bioOf(one, '', REQ_WRITE | REQ_DISCARD, 100);
  bio.bi_size = 2 ** 20;
  bio_advance(one.kernel, bio, step);
  const got = `${place(bio)},segs=${bio_segments(one.kernel, bio)}`;
  bio_put(one.kernel, bio);
  const expected = `${after.slice(0, -1).join(',')},segs=${field(fields(row), 'segs')}`;
  return compare(`${path} ITERDISCARD`, expected, got);
}
