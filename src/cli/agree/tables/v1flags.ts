import { bio_add_pfn } from '../../../engine/block/add';
import { bio_alloc, bio_put, bio_reset } from '../../../engine/block/bio';
import { bio_chain, bio_clone_bioset, bio_clone_fast, bio_split } from '../../../engine/block/clone';
import { REQ_DISCARD, REQ_WRITE, REQ_WRITE_SAME } from '../../../engine/block/flags';
import type { Bio } from '../../../engine/block/tables';
import { compare, type Checker } from '../case';
import { allowPfns, bioOf, rig, type Rig } from './rig';
import { field, fields, lines } from './rows';

const OPERATIONS: Readonly<Record<string, number>> = {
  WRITE: REQ_WRITE,
  DISCARD: REQ_WRITE | REQ_DISCARD,
  WRITE_SAME: REQ_WRITE | REQ_WRITE_SAME,
};

/** v1flags.csv: who inherits BIO_PFN (0x800) from a bio that has it. */
export const v1flags: Checker = function* (text, path) {
  const one = rig({ flavour: '4.1-pfn', posting: 'v1' });
  allowPfns(one);
  for (const row of lines(text)) {
    const rw = field(fields(row), 'rw');
    const got = flagsRow(one, OPERATIONS[rw]!);
    yield compare(`${path} V1FLAGS,rw=${rw}`, row.slice(row.indexOf('orig=')), got);
  }
};

function flagsRow(one: Rig, rw: number): string {
  const { kernel } = one;
  const flags = (bio: Bio) => bio.bi_flags.toString(16);
  const parts: string[] = [];
  const note = (name: string, bio: Bio) => parts.push(`${name}=${flags(bio)}`);

  const orig = pfnBio(one, rw);
  note('orig', orig);
  const fast = bio_clone_fast(kernel, orig);
  note('clone_fast', fast);
  const clone = bio_clone_bioset(kernel, orig);
  note('clone', clone);
  const child = bio_split(kernel, orig, 2);
  note('split_child', child);
  note('split_parent', orig);
  const parent = bioOf(one, '');
  bio_chain(kernel, child, parent);
  note('chain_parent', parent);
  bio_reset(orig);
  note('after_reset', orig);
  for (const bio of [fast, clone, child, parent, orig]) bio_put(kernel, bio);
  return parts.join(',');
}

/** Two pages of the hole at 1 GiB, which has no memmap. */
function pfnBio({ kernel, disk }: Rig, rw: number): Bio {
  const bio = bio_alloc(kernel, disk.id, rw, 0, 2);
  bio_add_pfn(kernel, bio, 0x40000, 1, 4096, 0);
  bio_add_pfn(kernel, bio, 0x40001, 1, 4096, 0);
  return bio;
}
