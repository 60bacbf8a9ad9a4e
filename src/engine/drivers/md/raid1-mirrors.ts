import { QUEUE_FLAG_NONROT } from '../../block/flags';
import type { Kernel } from '../../kernel';
import type { CopyAt } from './read-repair';

interface Mirror {
  readonly bdev: number;
  readonly offset: number;
  faulty: boolean;
  read_errors: number;
  /** I/Os of the array on it now. */
  nr_pending: number;
  /** Sectors of the array: where the last I/O ended, where the reads it got began, where the next would go on. */
  head_position: number;
  seq_start: number;
  next_seq_sect: number;
}

/** The devices of a raid1 array: which of them work, and which one a read goes to. */
export class Mirrors {
  private readonly mirrors: Mirror[];

  constructor(legs: readonly { readonly bdev: number; readonly offset: number; readonly failed: boolean }[]) {
    this.mirrors = legs.map(({ bdev, offset, failed }) => ({
      bdev,
      offset,
      faulty: failed,
      read_errors: 0,
      nr_pending: 0,
      head_position: 0,
      seq_start: Infinity,
      next_seq_sect: 0,
    }));
  }

  get count(): number {
    return this.mirrors.length;
  }

  leg(at: number): { readonly bdev: number; readonly offset: number } {
    return this.mirrors[at]!;
  }

  /** Where each device has a sector of the array. */
  copies(sector: number): CopyAt[] {
    return this.mirrors.map(({ bdev, offset }, at) => ({ at, bdev, sector: sector + offset }));
  }

  /** How many reads a device has failed, now that it failed one more. */
  countReadError(at: number): number {
    return ++this.mirrors[at]!.read_errors;
  }

  name(kernel: Kernel, at: number): string {
    return kernel.bdevs[this.mirrors[at]!.bdev]!.name;
  }

  faulty(at: number): boolean {
    return this.mirrors[at]!.faulty;
  }

  working(): number[] {
    return this.mirrors.filter((mirror) => !mirror.faulty).map((mirror) => mirror.bdev);
  }

  lastWorking(at: number): boolean {
    return !this.mirrors[at]!.faulty && this.working().length === 1;
  }

  /** Gives whether the device was taken out: the last one never is, nor one twice. */
  fail(at: number): boolean {
    if (this.mirrors[at]!.faulty || this.lastWorking(at)) return false;
    this.mirrors[at]!.faulty = true;
    return true;
  }

  start(at: number): void {
    this.mirrors[at]!.nr_pending++;
  }

  ended(at: number, sector: number): void {
    const mirror = this.mirrors[at]!;
    mirror.nr_pending--;
    mirror.head_position = sector - mirror.offset;
  }

  /**
   * 4.1's choice: the device this read is sequential on, else an idle one, else the nearest head - or, where any device
   * does not rotate, the one with least to do. Gives its number, or -1. `except`: a device that must not be asked.
   */
  read_balance(kernel: Kernel, sector: number, sectors: number, except: number): number {
    let best = -1;
    let nearest = -1;
    let distance = Infinity;
    let leastBusy = -1;
    let least = Infinity;
    let anyNonrot = false;
    let nextIdle = false;
    for (const [at, mirror] of this.mirrors.entries()) {
      if (mirror.faulty || at === except) continue;
      const { queue } = kernel.disk(mirror.bdev);
      const nonrot = (queue.flags & QUEUE_FLAG_NONROT) !== 0;
      anyNonrot ||= nonrot;
      const away = Math.abs(sector - mirror.head_position);
      if (mirror.next_seq_sect === sector || away === 0) {
        best = at;
        const optimal = queue.limits.io_opt >>> 9;
        // A long sequential read moves on to an idle device, if there is one.
        if (!(nonrot && optimal > 0 && mirror.next_seq_sect - optimal >= mirror.seq_start)) break;
        nextIdle = true;
        continue;
      }
      if (mirror.nr_pending === 0) {
        best = at;
        break;
      }
      if (nextIdle) continue;
      if (mirror.nr_pending < least) {
        least = mirror.nr_pending;
        leastBusy = at;
      }
      if (away < distance) {
        distance = away;
        nearest = at;
      }
    }
    const chosen = best >= 0 ? best : anyNonrot ? leastBusy : nearest;
    if (chosen < 0) return -1;
    const mirror = this.mirrors[chosen]!;
    mirror.nr_pending++;
    if (mirror.next_seq_sect !== sector) mirror.seq_start = sector;
    mirror.next_seq_sect = sector + sectors;
    return chosen;
  }
}
