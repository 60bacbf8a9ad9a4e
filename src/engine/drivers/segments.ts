import { NOBODY, nobodysAddress, type Reach } from './reach';
import { REQ_DISCARD, REQ_WRITE } from '../block/flags';
import { BioWalk } from '../block/iter';
import type { Disk } from '../block/queue';
import type { Bio } from '../block/tables';
import type { Kernel } from '../kernel';
import type { PhysicalBytes } from '../memory/bytes';

/** What a bus that nobody answers reads as. */
const SILENCE = 0xff;

/** How a small driver reaches memory, by direction, and in which of its functions. */
export interface Touch {
  readonly read: Reach;
  readonly write: Reach;
  readonly where: string;
  /** Where a device moves the bytes, not the CPU. */
  readonly byDevice?: boolean;
}

/**
 * Moves what remains of a bio between memory and the bytes a disk keeps, a page at a time: `bio_for_each_segment`. `at`: the
 * byte of the disk where it begins. Gives whether every piece had an address. Throws Oops where the driver's access faults.
 */
export function moveSegments(
  kernel: Kernel,
  disk: Disk,
  medium: PhysicalBytes,
  touch: Touch,
  bio: Bio,
  at: number,
): boolean {
  const { trace } = kernel;
  const write = (bio.bi_rw & REQ_WRITE) !== 0;
  const reach = write ? touch.write : touch.read;
  const walk = new BioWalk();
  let good = true;
  walk.start(bio);
  while (walk.nextPage(kernel)) {
    const { len } = walk;
    const page = reach(kernel, walk.pfn, walk.dev, touch.where);
    const memory = page === NOBODY ? NOBODY : page + walk.offset;
    const note = page === NOBODY ? nobodysAddress(kernel, touch.where) : touch.where;
    trace.bio(
      trace.id.bio_for_each_segment,
      disk.id,
      bio,
      memory,
      at,
      len,
      write ? 1 : 0,
      bio.bi_rw,
      trace.note(note),
    );
    if (touch.byDevice) kernel.bytesByDma += len;
    else kernel.bytesCopied += len;
    if (page === NOBODY) {
      good = false;
      if (write && kernel.copyBytes) medium.write(at, new Uint8Array(len).fill(SILENCE));
    } else if (kernel.copyBytes) {
      if (write) medium.take(kernel.bytes, memory, at, len);
      else kernel.bytes.take(medium, at, memory, len);
    }
    at += len;
  }
  return good;
}

export const isDiscard = (bio: Bio): boolean => (bio.bi_rw & REQ_DISCARD) !== 0;
