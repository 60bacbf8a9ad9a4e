/** What the counter of congestion may fall to; a threshold of that many and more is none. */
export const CONGESTED_MAX = 1024;

/**
 * How busy the cache device is. Each I/O to it that took longer than the threshold lowers the counter by its whole
 * milliseconds (of 1024 us), each fast one raises it by one, up to 0; and time raises it. Captures: bcache-19.
 */
export class Congestion {
  counter = 0;
  /** When the last slow I/O ended, in microseconds. */
  private last = -Infinity;

  constructor(
    /** Microseconds; both 0: it never is. */
    private readonly thresholds: { readonly read: number; readonly write: number },
    /** Takes a random 32-bit number. */
    private readonly random: () => number,
  ) {}

  /** An I/O to the cache device ended. Times in microseconds. */
  ended(write: boolean, start: number, end: number): void {
    const threshold = write ? this.thresholds.write : this.thresholds.read;
    if (threshold === 0) return;
    const took = end - start;
    if (took > threshold) {
      this.last = end;
      this.counter = Math.max(this.counter - Math.floor(took / 1024), -CONGESTED_MAX);
    } else if (this.counter < 0) this.counter++;
  }

  /** Sectors from which on a bio is not cached; 0: no limit. `now` in microseconds. */
  bch_get_congested(now: number): number {
    if (this.thresholds.read === 0 && this.thresholds.write === 0) return 0;
    const ms = Math.floor((now - this.last) / 1024);
    if (ms < 0 || ms + this.counter >= 0) return 0;
    const i = ms + this.counter + CONGESTED_MAX;
    const sectors = (i > 0 ? fractExpTwo(i, 6) : i) - ones(this.random());
    return Math.max(sectors, 1);
  }
}

/** 2 to the power of x / 2^bits, between powers of two on a straight line. */
function fractExpTwo(x: number, bits: number): number {
  const whole = x >> bits;
  const part = x & ((1 << bits) - 1);
  const base = 2 ** whole;
  return base + Math.floor((base * part) / 2 ** bits);
}

function ones(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
