/** Streams a device remembers (drivers/md/bcache: RECENT_IO). */
const RECENT_IO = 128;
/** A stream that nobody continued for so long is forgotten, in seconds. */
const REMEMBERED = 5;
/** Weight of the past in a task's average. */
const WEIGHT = 8;

interface Stream {
  last: number;
  sequential: number;
  /** Until when it may be continued, in seconds. */
  until: number;
}

interface TaskRun {
  sequential_io: number;
  sequential_io_avg: number;
}

/**
 * What has been read or written in a row. The streams belong to the device: another task may continue one. A task's own
 * average counts too, so that one that mostly streams is known at its next start.
 */
export class Streams {
  private readonly streams: Stream[] = Array.from({ length: RECENT_IO }, () => ({
    last: -1,
    sequential: 0,
    until: -1,
  }));
  private readonly tasks = new Map<number, TaskRun>();

  /** Takes note of a bio; gives the bytes in a row that count for it, itself included. `now` in seconds. */
  note(task: number, sector: number, bytes: number, now: number): number {
    const run = this.tasks.get(task) ?? { sequential_io: 0, sequential_io_avg: 0 };
    this.tasks.set(task, run);
    let at = this.streams.length - 1;
    while (at >= 0 && !(this.streams[at]!.last === sector && now < this.streams[at]!.until)) at--;
    if (at < 0) {
      at = 0;
      this.add_sequential(run);
      this.streams[0]!.sequential = 0;
    }
    // Least recently used first.
    const [stream] = this.streams.splice(at, 1);
    stream!.sequential += bytes;
    stream!.last = sector + bytes / 512;
    stream!.until = now + REMEMBERED;
    this.streams.push(stream!);
    run.sequential_io = stream!.sequential;
    return Math.max(run.sequential_io, run.sequential_io_avg);
  }

  private add_sequential(run: TaskRun): void {
    run.sequential_io_avg = Math.floor((run.sequential_io_avg * (WEIGHT - 1) + run.sequential_io) / WEIGHT);
    run.sequential_io = 0;
  }
}
