/**
 * Simulated time. The CPU's steps are counted, not timed: each takes one tick, and nothing here claims to know how
 * long a kernel function takes. Devices with a model of their own let time pass in nanoseconds.
 */
export class Clock {
  now = 0;

  tick(): number {
    return ++this.now;
  }
}
