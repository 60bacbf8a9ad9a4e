import type { Kernel } from '../../kernel';
import type { Request } from '../requests';
import type { Bio } from '../tables';

/** What the tags of two that would merge have against it: more segments than the queue takes. */
export type TagsRefuse = { readonly segments: number } | undefined;

const segmentsOf = (rq: Request, bio: Bio | undefined): number =>
  bio === undefined ? 0 : (rq.disk.queue.integritySegments?.(bio) ?? 0);

/**
 * `blk_integrity_merge_bio`. In 4.1 to ask is to count (block/blk-integrity.c), and each bio is asked about twice, while the first
 * bio of a request is never counted; in 6.12 `blk_integrity_joined` counts.
 */
export function blk_integrity_merge_bio(kernel: Kernel, rq: Request, bio: Bio): TagsRefuse {
  if (!rq.disk.queue.integritySegments) return undefined;
  const more = segmentsOf(rq, bio);
  const segments = rq.nr_integrity_segments + more;
  const refused = refusedAt(rq, segmentsOf(rq, rq.bio), more, segments);
  if (!refused && kernel.block.countsTagsWhenAsked) rq.nr_integrity_segments = segments;
  return refused;
}

/** `blk_integrity_merge_rq`: whether the requests' tags fit together; what 6.12 counts then. */
export function blk_integrity_merge_rq(kernel: Kernel, rq: Request, next: Request): TagsRefuse {
  if (!rq.disk.queue.integritySegments) return undefined;
  const segments = rq.nr_integrity_segments + next.nr_integrity_segments;
  const refused = refusedAt(rq, segmentsOf(rq, rq.bio), segmentsOf(next, next.bio), segments);
  if (!refused && !kernel.block.countsTagsWhenAsked) rq.nr_integrity_segments = segments;
  return refused;
}

/** The bio is the request's: what 6.12 counts now. */
export function blk_integrity_joined(kernel: Kernel, rq: Request, bio: Bio): void {
  if (!kernel.block.countsTagsWhenAsked) rq.nr_integrity_segments += segmentsOf(rq, bio);
}

/** On one disk all bios with data have tags: where either has none, flags have kept them apart. */
function refusedAt(rq: Request, of: number, more: number, segments: number): TagsRefuse {
  if (of === 0 || more === 0) return undefined;
  return segments > rq.disk.queue.limits.max_integrity_segments ? { segments } : undefined;
}
