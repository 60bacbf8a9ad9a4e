import type { Kernel } from '../kernel';
import { bio_endio } from './bio';
import { BIO_TRACE_COMPLETION, REQ_FLUSH_SEQ } from './flags';
import { bio_advance } from './iter';
import { NONE } from './tables';

/**
 * `blk_update_request` for all the bytes of a request: its event, then each bio moves to its end and completes. The bio
 * of a write between two flushes stays: it completes after the last one.
 */
export function blk_update_request(kernel: Kernel, rq: number, error: number): void {
  const { bios, requests, trace } = kernel;
  trace.request(trace.id.block_rq_complete, rq, error);
  const sequenced = (requests.cmd_flags[rq]! & REQ_FLUSH_SEQ) !== 0;
  let bio = requests.bio[rq]!;
  while (bio !== NONE) {
    const next = bios.bi_next[bio]!;
    requests.bio[rq] = next;
    bio_advance(kernel, bio, bios.bi_size[bio]!);
    // The request's event speaks for its bios.
    bios.bi_flags[bio]! &= ~BIO_TRACE_COMPLETION;
    if (!sequenced) {
      bios.bi_next[bio] = NONE;
      bio_endio(kernel, bio, error);
    }
    bio = next;
  }
  requests.__data_len[rq] = 0;
}
