import type { Request } from '../requests';

/** ELV_HASH_BITS of 4.1. */
const BUCKETS = 1 << 6;

/** Requests by the sector they end at, for back merges; the newest of equal ones is found first. */
export class EndSectorHash {
  private readonly heads = new Array<Request | undefined>(BUCKETS).fill(undefined);

  add(rq: Request): void {
    const key = rq.__sector + rq.__data_len / 512;
    const bucket = key % BUCKETS;
    rq.hash_key = key;
    rq.hash_next = this.heads[bucket];
    this.heads[bucket] = rq;
  }

  /** Does nothing where the request is not in the hash. */
  remove(rq: Request): void {
    const key = rq.hash_key;
    if (key < 0) return;
    const bucket = key % BUCKETS;
    let at = this.heads[bucket]!;
    if (at === rq) this.heads[bucket] = rq.hash_next;
    else {
      while (at.hash_next !== rq) at = at.hash_next!;
      at.hash_next = rq.hash_next;
    }
    rq.hash_key = -1;
  }

  reposition(rq: Request): void {
    this.remove(rq);
    this.add(rq);
  }

  find(end: number): Request | undefined {
    let at = this.heads[end % BUCKETS];
    while (at !== undefined && at.hash_key !== end) at = at.hash_next;
    return at;
  }
}
