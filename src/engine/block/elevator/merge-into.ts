import type { Kernel } from '../../kernel';
import { attempt_merge, bio_attempt_back_merge, bio_attempt_front_merge } from '../merge';
import type { Disk } from '../queue';
import type { RequestState } from '../request-state';
import { NONE } from '../tables';

/** Gives a request back to those its disk may have. */
export type FreeRequest = (kernel: Kernel, state: RequestState, rq: number) => void;

/** Merges a bio into a queued request, and that one into its neighbour where they now touch. False: it does not fit. */
export function mergeInto(
  kernel: Kernel,
  disk: Disk,
  rq: number,
  bio: number,
  back: boolean,
  free: FreeRequest,
): boolean {
  const merged = back ? bio_attempt_back_merge(kernel, rq, bio) : bio_attempt_front_merge(kernel, rq, bio);
  if (!merged) return false;
  const elevator = disk.queue.requests!.elevator!;
  const neighbour = back ? elevator.scheduler.latter(kernel, rq) : elevator.scheduler.former(kernel, rq);
  const grew =
    neighbour !== NONE &&
    (back
      ? mergeRequests(kernel, disk, rq, neighbour, free)
      : mergeRequests(kernel, disk, neighbour, rq, free));
  if (!grew) elevator.elv_merged_request(kernel, rq, !back);
  return true;
}

/** `attempt_merge` with what it does to the elevator: `next` is gone when it gives true. */
export function mergeRequests(
  kernel: Kernel,
  disk: Disk,
  rq: number,
  next: number,
  free: FreeRequest,
): boolean {
  if (!attempt_merge(kernel, rq, next)) return false;
  const state = disk.queue.requests!;
  state.elevator!.elv_merge_requests(kernel, rq, next);
  free(kernel, state, next);
  return true;
}
