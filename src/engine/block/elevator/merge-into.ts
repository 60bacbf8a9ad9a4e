import type { Kernel } from '../../kernel';
import { attempt_merge, bio_attempt_back_merge, bio_attempt_front_merge } from '../merge';
import type { Disk } from '../queue';
import type { RequestState } from '../request-state';
import type { Request } from '../requests';
import type { Bio } from '../tables';

/** Gives a request back to those its disk may have. */
export type FreeRequest = (kernel: Kernel, state: RequestState, rq: Request) => void;

/** Merges a bio into a queued request, and that one into its neighbour where they now touch. False: it does not fit. */
export function mergeInto(
  kernel: Kernel,
  disk: Disk,
  rq: Request,
  bio: Bio,
  back: boolean,
  free: FreeRequest,
): boolean {
  const merged = back ? bio_attempt_back_merge(kernel, rq, bio) : bio_attempt_front_merge(kernel, rq, bio);
  if (!merged) return false;
  const elevator = disk.queue.requests!.elevator!;
  const neighbour = back ? elevator.scheduler.latter(rq) : elevator.scheduler.former(rq);
  const grew =
    neighbour !== undefined &&
    (back
      ? mergeRequests(kernel, disk, rq, neighbour, free)
      : mergeRequests(kernel, disk, neighbour, rq, free));
  if (!grew) elevator.elv_merged_request(rq, !back);
  return true;
}

/** `attempt_merge` with what it does to the elevator: `next` is gone when it gives true. */
export function mergeRequests(
  kernel: Kernel,
  disk: Disk,
  rq: Request,
  next: Request,
  free: FreeRequest,
): boolean {
  if (!attempt_merge(kernel, rq, next)) return false;
  const state = disk.queue.requests!;
  state.elevator!.elv_merge_requests(rq, next);
  free(kernel, state, next);
  return true;
}
