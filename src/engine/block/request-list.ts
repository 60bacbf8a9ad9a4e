import { Columns } from '../columns';
import { NONE } from './tables';

/** Where the neighbours of a request are that is not in the list. */
const ABSENT = -2;

/** A `list_head` through requests: in and out at any place without a search, and without an allocation. */
export class RequestList extends Columns {
  first = NONE;
  last = NONE;
  private before = new Int32Array(64).fill(ABSENT);
  private after = new Int32Array(64);

  get empty(): boolean {
    return this.first === NONE;
  }

  has(rq: number): boolean {
    return rq < this.before.length && this.before[rq] !== ABSENT;
  }

  /** Neighbours of a request of the list, or NONE. */
  next(rq: number): number {
    return this.after[rq]!;
  }

  previous(rq: number): number {
    return this.before[rq]!;
  }

  append(rq: number): void {
    this.insertAfter(rq, this.last);
  }

  /** NONE for `at`: to the front. */
  insertAfter(rq: number, at: number): void {
    while (rq >= this.before.length) this.grow();
    const { before, after } = this;
    const next = at === NONE ? this.first : after[at]!;
    before[rq] = at;
    after[rq] = next;
    if (at === NONE) this.first = rq;
    else after[at] = rq;
    if (next === NONE) this.last = rq;
    else before[next] = rq;
  }

  remove(rq: number): void {
    const { before, after } = this;
    const previous = before[rq]!;
    const next = after[rq]!;
    if (previous === NONE) this.first = next;
    else after[previous] = next;
    if (next === NONE) this.last = previous;
    else before[next] = previous;
    before[rq] = ABSENT;
  }

  private grow(): void {
    const used = this.before.length;
    this.widen();
    this.before.fill(ABSENT, used);
  }
}
