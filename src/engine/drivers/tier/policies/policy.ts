/** Who decides what a tier keeps. Blocks are numbers; times nanoseconds. */
export interface TierPolicy {
  /** A cached block was used. */
  hit(block: number, write: boolean, now: number): void;
  /** A block that is not cached was asked for: whether it should be. */
  wants(block: number, write: boolean, now: number): boolean;
  /** Why the last `wants` said what it said. */
  readonly because: string;
  /** The block is in the cache from now on. */
  inserted(block: number): void;
  /** It is not any more, because it was chosen as a victim (`evicted`) or dropped. */
  removed(block: number, evicted: boolean): void;
  /** The block to go, among those that may; `undefined`: none may. `forBlock`: what the room is for. */
  victim(may: (block: number) => boolean, forBlock: number): number | undefined;
}
