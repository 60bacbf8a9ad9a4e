import type { RequestTable } from '../requests';
import { NONE } from '../tables';

/** ELV_HASH_BITS of 4.1. */
const BUCKETS = 1 << 6;

/** Requests by the sector they end at, for back merges; the newest of equal ones is found first. */
export class EndSectorHash {
  private readonly heads = new Int32Array(BUCKETS).fill(NONE);

  add(requests: RequestTable, rq: number): void {
    const key = requests.__sector[rq]! + requests.__data_len[rq]! / 512;
    const bucket = key % BUCKETS;
    requests.hash_key[rq] = key;
    requests.hash_next[rq] = this.heads[bucket]!;
    this.heads[bucket] = rq;
  }

  /** Does nothing where the request is not in the hash. */
  remove(requests: RequestTable, rq: number): void {
    const key = requests.hash_key[rq]!;
    if (key < 0) return;
    const bucket = key % BUCKETS;
    let at = this.heads[bucket]!;
    if (at === rq) this.heads[bucket] = requests.hash_next[rq]!;
    else {
      while (requests.hash_next[at] !== rq) at = requests.hash_next[at]!;
      requests.hash_next[at] = requests.hash_next[rq]!;
    }
    requests.hash_key[rq] = -1;
  }

  reposition(requests: RequestTable, rq: number): void {
    this.remove(requests, rq);
    this.add(requests, rq);
  }

  find(requests: RequestTable, end: number): number {
    let at = this.heads[end % BUCKETS]!;
    while (at !== NONE && requests.hash_key[at] !== end) at = requests.hash_next[at]!;
    return at;
  }
}
