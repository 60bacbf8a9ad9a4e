import { bio_add_page, bio_get_nr_vecs } from '../../../engine/block/add';
import { bio_alloc, bio_put } from '../../../engine/block/bio';
import { BIO_SEG_VALID, REQ_WRITE } from '../../../engine/block/flags';
import type { Bio } from '../../../engine/block/tables';
import { compare, type Checker } from '../case';
import { rig, setLimits, type Rig } from './rig';
import { field, fields, lines, vec } from './rows';

/** add.csv: 24 calls of `bio_add_page` a row, under the limits of the ADDLIM row before it. */
export const add: Checker = function* (text, path) {
  const one = rig();
  for (const row of lines(text)) {
    const [kind, lim, number, max, at, ...calls] = row.split(',');
    if (kind === 'ADDLIM') {
      const limits = fields(row);
      setLimits(one, limits);
      const got = String(bio_get_nr_vecs(one.kernel, one.disk.id));
      yield compare(`${path} ADDLIM,${lim}`, field(limits, 'nr_vecs'), got);
      continue;
    }
    const bio = bio_alloc(one.kernel, one.disk.id, REQ_WRITE, valueOf(at!), valueOf(max!));
    const vecs = calls.map((call) => call.slice(0, call.indexOf('=>')));
    const got = vecs.map((text) => `${text}=>${addOne(one, bio, text)}`).join(',');
    bio_put(one.kernel, bio);
    yield compare(`${path} ADD,${lim},${number}`, calls.join(','), got);
  }
};

function valueOf(text: string): number {
  return Number(text.slice(text.indexOf('=') + 1));
}

function addOne({ kernel }: Rig, bio: Bio, text: string): string {
  const { pfn, offset, len } = vec(text);
  const added = bio_add_page(kernel, bio, pfn, len, offset);
  const valid = bio.bi_flags & BIO_SEG_VALID ? 1 : 0;
  return `${added}:v${bio.bi_vcnt}:z${bio.bi_size}:p${bio.bi_phys_segments}:f${valid}`;
}
