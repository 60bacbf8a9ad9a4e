import type { Clock } from './clock';

/** Something that happens later: an interrupt, a worker, a device that is done. */
export type Later<T> = (argument: T) => void;

/** A function and what it will be called with: whoever puts it in vouches that they fit. */
interface Call {
  readonly run: Later<never>;
  readonly argument: unknown;
}

interface Timed extends Call {
  readonly time: number;
  readonly order: number;
}

/** Threads that wake each other this often, with no device in between, will do so for ever. */
const CIRCLE = 10_000_000;

/**
 * What happens when the submitting task sleeps: first workers that were queued, in the order they were queued, then
 * devices, by the time they are done. One CPU, no preemption: nothing here runs while a task does.
 */
export class EventLoop {
  private readonly workers: Call[] = [];
  private readonly heap: Timed[] = [];
  private order = 0;
  private sinceDevice = 0;

  constructor(private readonly clock: Clock) {}

  /** Work for a kernel thread: it runs as soon as the task sleeps. */
  soon<T>(run: Later<T>, argument: T): void {
    this.workers.push({ run, argument });
  }

  /** A device answers `delay` nanoseconds from now. Equal times keep their order. */
  after<T>(delay: number, run: Later<T>, argument: T): void {
    const entry = { time: this.clock.now + delay, order: this.order++, run, argument };
    let i = this.heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, this.heap[parent]!)) break;
      this.heap[i] = this.heap[parent]!;
      i = parent;
    }
    this.heap[i] = entry;
  }

  /** Whether anything is still to come. */
  get idle(): boolean {
    return this.workers.length === 0 && this.heap.length === 0;
  }

  /** Lets the next thing happen. False: there is nothing left. */
  step(): boolean {
    const worker = this.workers.shift();
    if (worker) {
      if (++this.sinceDevice > CIRCLE)
        throw new Error('kernel threads wake each other and nothing gets done');
      worker.run(worker.argument as never);
      return true;
    }
    const next = this.pop();
    if (!next) return false;
    this.sinceDevice = 0;
    this.clock.now = Math.max(this.clock.now, next.time);
    next.run(next.argument as never);
    return true;
  }

  /** The task sleeps until nothing is left to happen. */
  drain(): void {
    while (this.step());
  }

  private pop() {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(a: Timed, b: Timed): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
