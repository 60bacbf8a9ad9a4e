import { Columns } from '../../columns';
import type { Bio } from '../../block/tables';

/** `struct dm_io` as columns: a bio on its way, and how many of its clones have not come back. */
export class DmIos extends Columns {
  readonly bio: Bio[] = [];
  io_count = new Int32Array(64);
  error = new Int32Array(64);
  private used = 0;
  private readonly free: number[] = [];

  alloc(bio: Bio): number {
    let io = this.free.pop();
    if (io === undefined) {
      if (this.used === this.error.length) this.widen();
      io = this.used++;
    }
    this.bio[io] = bio;
    this.io_count[io] = 1;
    this.error[io] = 0;
    return io;
  }

  release(io: number): void {
    this.free.push(io);
  }
}
