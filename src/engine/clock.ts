/** Simulated time. It counts steps, not durations: nothing here claims to know how long a kernel takes. */
export class Clock {
  now = 0;

  tick(): number {
    return ++this.now;
  }
}
