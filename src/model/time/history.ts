import { bioVectors, type BioVector } from '../bio-vectors';
import type { Recording } from '../recording';
import { changesOf, copyOf, emptyWorld, sizeOf, vectorsOf, type World } from './world';

/** Events between two marks, at least; more where so much is under way that a copy of it is long. */
const APART = 2048;

/** What is copied at a mark costs no more than this share of the events that lie before it. */
const SHARE = 4;

/**
 * Every moment of a Recording. A moment is the events before it, added up; marks on the way keep that short, so that
 * any moment is near, and going back is as cheap as going on.
 */
export class History {
  private readonly marks: { readonly step: number; readonly world: World }[] = [
    { step: 0, world: emptyWorld() },
  ];

  private readonly changes: ReturnType<typeof changesOf>;
  private now: World = emptyWorld();
  private step = 0;
  /** Where the marks end: before it, each moment has one near. */
  private marked = 0;
  private all: readonly BioVector[] | undefined;

  constructor(readonly recording: Recording) {
    this.changes = changesOf(recording);
  }

  /** What is under way after so many events. Valid until the next call; not to be changed. */
  at(step: number): World {
    const target = Math.min(Math.max(step, 0), this.recording.length);
    const near = target <= this.marked ? this.marks[this.before(target)]! : this.marks.at(-1)!;
    if (target < this.step || near.step > this.step) {
      this.now = copyOf(near.world);
      this.step = near.step;
    }
    while (this.step < target) this.advance();
    return this.now;
  }

  /** Who points where: at a moment on the way whoever is under way; when the run is over, whoever was. */
  vectorsAt(step: number): readonly BioVector[] {
    if (step >= this.recording.length) return (this.all ??= bioVectors(this.recording));
    return vectorsOf(this.at(step));
  }

  private advance(): void {
    const { recording, changes, now } = this;
    changes[recording.columns.name[this.step]!]?.(now, recording, this.step);
    this.step++;
    if (this.step <= this.marked) return;
    this.marked = this.step;
    const last = this.marks.at(-1)!;
    if (this.step - last.step >= Math.max(APART, SHARE * sizeOf(now)))
      this.marks.push({ step: this.step, world: copyOf(now) });
  }

  /** The index of the last mark that is not after `step`. */
  private before(step: number): number {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.marks[middle]!.step <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

const known = new WeakMap<Recording, History>();

/** The same History for the same Recording. */
export function historyOf(recording: Recording): History {
  let history = known.get(recording);
  if (!history) known.set(recording, (history = new History(recording)));
  return history;
}
