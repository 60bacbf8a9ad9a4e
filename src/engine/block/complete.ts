import type { Kernel } from '../kernel';
import { bio_endio } from './bio';
import { BIO_TRACE_COMPLETION, REQ_FLUSH_SEQ } from './flags';
import { bio_advance } from './iter';
import type { Request } from './requests';

/**
 * `blk_update_request` for all the bytes of a request: its event, then each bio moves to its end and completes. The bio
 * of a write between two flushes stays: it completes after the last one.
 */
export function blk_update_request(kernel: Kernel, rq: Request, error: number): void {
  const { trace } = kernel;
  trace.request(trace.id.block_rq_complete, rq, error);
  const sequenced = (rq.cmd_flags & REQ_FLUSH_SEQ) !== 0;
  let bio = rq.bio;
  while (bio !== undefined) {
    const next = bio.bi_next;
    rq.bio = next;
    bio_advance(kernel, bio, bio.bi_size);
    // The request's event speaks for its bios.
    bio.bi_flags &= ~BIO_TRACE_COMPLETION;
    if (!sequenced) {
      bio.bi_next = undefined;
      bio_endio(kernel, bio, error);
    }
    bio = next;
  }
  rq.__data_len = 0;
}
