import type { Request } from './requests';

/** A `list_head` through requests: in and out at any place without a search, and without an allocation. */
export class RequestList {
  first: Request | undefined = undefined;
  last: Request | undefined = undefined;
  /** By the index of a request: its neighbours, and whether it is in the list. */
  private readonly before: (Request | undefined)[] = [];
  private readonly after: (Request | undefined)[] = [];
  private readonly member: boolean[] = [];

  get empty(): boolean {
    return this.first === undefined;
  }

  has(rq: Request): boolean {
    return this.member[rq.index] === true;
  }

  /** Neighbours of a request of the list. */
  next(rq: Request): Request | undefined {
    return this.after[rq.index];
  }

  previous(rq: Request): Request | undefined {
    return this.before[rq.index];
  }

  append(rq: Request): void {
    this.insertAfter(rq, this.last);
  }

  /** Undefined for `at`: to the front. */
  insertAfter(rq: Request, at: Request | undefined): void {
    const next = at ? this.after[at.index] : this.first;
    this.link(at, rq);
    this.link(rq, next);
    this.member[rq.index] = true;
  }

  remove(rq: Request): void {
    this.link(this.before[rq.index], this.after[rq.index]);
    this.member[rq.index] = false;
  }

  private link(a: Request | undefined, b: Request | undefined): void {
    if (a) this.after[a.index] = b;
    else this.first = b;
    if (b) this.before[b.index] = a;
    else this.last = a;
  }
}
