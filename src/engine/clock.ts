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

/** The power is gone: nothing runs any more. */
export class PowerFailed extends Error {}

/** A clock that stops everything at its `n`th tick: an event is one tick. */
export class FailingClock extends Clock {
  /** Events so far. */
  ticks = 0;

  private armed = false;

  constructor(private readonly failsAt: number) {
    super();
  }

  /** From now on events count: before, the machine was made. */
  arm(): void {
    this.armed = true;
  }

  override tick(): number {
    if (this.armed && ++this.ticks >= this.failsAt)
      throw new PowerFailed(`the power failed at event ${this.failsAt}`);
    return super.tick();
  }
}
