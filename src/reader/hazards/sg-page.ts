import type { CFile } from '../c-file';
import { functionAround } from '../expressions';
import { placeOf, type Hazard, type Place } from './hazard';

const CALLS = ['sg_page', 'sg_virt', 'sg_set_page'];

/** A file that uses one of these has scatterlists of block I/O. */
const BLOCK_WORDS = ['bio', 'bio_vec', 'blk_rq_map_sg', 'blk_rq_map_integrity_sg', 'scsi_sglist', 'bv_page'];

function find(file: CFile): Place[] {
  const { tokens } = file;
  const calls = CALLS.flatMap((name) => file.at(name)).filter(
    (i) => tokens.is(i + 1, '(') && !CALLS.includes(functionAround(file.tokens, i) ?? ''),
  );
  const uses = calls.filter((i) => !tokens.is(tokens.mate(i + 1) + 1, '{'));
  if (uses.length === 0 || !BLOCK_WORDS.some((word) => file.mentions(word))) return [];
  return uses.sort((a, b) => a - b).map((i) => placeOf(file, i, tokens.mate(i + 1)));
}

export const sgPage: Hazard = {
  code: 'sg-page',
  severity: 'info',
  why: 'An entry of a scatterlist of block I/O is taken for a page: one without struct page ends here in BUG, a warning or NULL.',
  entry: 'sg_page',
  words: CALLS,
  find,
};
