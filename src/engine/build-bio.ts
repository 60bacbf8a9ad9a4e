import { PAGE_SIZE, phys } from '../model/address';
import type { Io, IoFlag } from '../model/workload-spec';
import { bio_add_pfn, fillByHand } from './block/add';
import { bio_alloc } from './block/bio';
import {
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_FUA,
  REQ_META,
  REQ_NOIDLE,
  REQ_PRIO,
  REQ_RAHEAD,
  REQ_SYNC,
  REQ_WRITE,
} from './block/flags';
import type { Bio } from './block/tables';
import type { Kernel } from './kernel';
import { SUBMITTER } from './submitters';

const FLAGS: Readonly<Record<IoFlag, number>> = {
  sync: REQ_SYNC,
  noidle: REQ_NOIDLE,
  meta: REQ_META,
  prio: REQ_PRIO,
  rahead: REQ_RAHEAD,
  flush: REQ_FLUSH,
  fua: REQ_FUA,
};

/** `bi_rw` of an I/O. */
export function rwOf(io: Io): number {
  const op = io.op === 'read' ? 0 : io.op === 'write' ? REQ_WRITE : REQ_WRITE | REQ_DISCARD;
  return (io.flags ?? []).reduce((rw, flag) => rw | FLAGS[flag], op);
}

/** A bio built the way the workload says. `refused`: why a vector was not taken, or ''. */
export function buildBio(kernel: Kernel, io: Io, bdev: number): { bio: Bio; refused: string } {
  const bio = bio_alloc(kernel, bdev, 0, io.sector, io.vecs.length);
  if (io.op === 'discard') bio.bi_size = (io.sectors ?? 0) * 512;
  for (const [n, vec] of io.vecs.entries()) {
    const pfn = phys(vec.pfn);
    const dev = kernel.map.hasPage(pfn) ? 0 : 1;
    if (io.fill !== undefined && kernel.copyBytes)
      kernel.bytes.fill(pfn * PAGE_SIZE + vec.offset, vec.len, io.fill + n);
    const refused = addVector(kernel, io, bio, pfn, dev, vec.len, vec.offset);
    if (refused !== '') return { bio, refused };
  }
  return { bio, refused: '' };
}

function addVector(
  kernel: Kernel,
  io: Io,
  bio: Bio,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
): string {
  switch (io.add) {
    case 'by-hand':
    case 'raw':
      fillByHand(kernel, bio, pfn, dev, len, offset, io.add === 'by-hand' && kernel.posting.hasPfnBios);
      return '';
    case 'bio_add_pfn':
      return bio_add_pfn(kernel, bio, pfn, dev, len, offset) === 0 ? kernel.refusal : '';
    case 'bio_add_page': {
      if (!dev) return kernel.block.bio_add_page(kernel, bio, pfn, len, offset) === 0 ? kernel.refusal : '';
      const found = io.by && SUBMITTER[io.by].finds;
      const rule = `pfn 0x${pfn.toString(16)} has no struct page: ${found ?? 'there is nothing to hand to bio_add_page()'}`;
      const { trace } = kernel;
      trace.bio(trace.id.bio_add_page, bio.bi_bdev.id, bio, pfn, offset, len, 0, 0, trace.note(rule));
      return rule;
    }
  }
}
