import { REQ_FLUSH, REQ_FUA, REQ_WRITE, REQ_DISCARD } from '../block/flags';
import type { Disk } from '../block/queue';
import type { Request } from '../block/requests';
import type { PhysicalBytes } from '../memory/bytes';

const SECTOR = 512;

/** What a sector held before a write that is not durable yet. */
interface Version {
  readonly before: Uint8Array;
  /** The device has answered the write. */
  done: boolean;
  /** FUA: durable once answered. */
  readonly fua: boolean;
}

interface DiskState {
  readonly bytes: PhysicalBytes;
  /** The oldest first. */
  readonly versions: Map<number, Version[]>;
  /** What the flush that the device has now will make durable. */
  covered: Set<Version>;
}

/**
 * Write caches of disks: which writes a power failure may take back, sector by sector. A disk without a cache has a write
 * durable when it answers; with one, after a flush that it got later than the answer.
 */
export class VolatileCaches {
  private readonly disks = new Map<number, DiskState>();

  /** A disk is about to take the data of a write. */
  writing({ id, queue }: Disk, bytes: PhysicalBytes, rq: Request): void {
    if ((rq.cmd_flags & REQ_WRITE) === 0 || rq.cmd_flags & REQ_DISCARD) return;
    const state = this.disks.get(id) ?? { bytes, versions: new Map<number, Version[]>(), covered: new Set() };
    this.disks.set(id, state);
    const fua = (rq.cmd_flags & REQ_FUA) !== 0 || (queue.flush_flags & REQ_FLUSH) === 0;
    const end = rq.__sector + rq.__data_len / SECTOR;
    for (let sector = rq.__sector; sector < end; sector++) {
      const versions = state.versions.get(sector) ?? [];
      versions.push({ before: bytes.read(sector * SECTOR, SECTOR), done: false, fua });
      state.versions.set(sector, versions);
    }
  }

  /** A disk was given a request. */
  issued({ id }: Disk, rq: Request): void {
    const state = this.disks.get(id);
    if (!state || rq.__data_len > 0 || (rq.cmd_flags & REQ_FLUSH) === 0) return;
    for (const versions of state.versions.values())
      for (const version of versions) if (version.done) state.covered.add(version);
  }

  /** It has answered it. `sector`, `sectors`: of the request as it was issued. */
  ended({ id }: Disk, rq: Request): void {
    const state = this.disks.get(id);
    if (!state) return;
    const sectors = rq.__data_len / SECTOR;
    if (sectors === 0) {
      if ((rq.cmd_flags & REQ_FLUSH) === 0) return;
      for (const [sector, versions] of state.versions)
        settle(state, sector, versions, (v) => state.covered.has(v));
      state.covered = new Set();
      return;
    }
    if ((rq.cmd_flags & REQ_WRITE) === 0) return;
    for (let sector = rq.__sector; sector < rq.__sector + sectors; sector++) {
      const versions = state.versions.get(sector);
      const open = versions?.find(({ done }) => !done);
      if (!versions || !open) continue;
      open.done = true;
      if (open.fua) settle(state, sector, versions, (v) => v === open);
    }
  }

  /** Sectors that a power failure may take back. */
  get undecided(): number {
    return [...this.disks.values()].reduce((sum, { versions }) => sum + versions.size, 0);
  }

  /** The power fails: of each sector some prefix of what is not durable has arrived. */
  powerFails(random: () => number): void {
    for (const { bytes, versions } of this.disks.values()) {
      for (const [sector, open] of versions) {
        const kept = Math.floor(random() * (open.length + 1));
        if (kept < open.length) bytes.write(sector * SECTOR, open[kept]!.before);
      }
      versions.clear();
    }
  }
}

/** Everything up to the last version that is durable now. */
function settle(
  state: DiskState,
  sector: number,
  versions: Version[],
  durable: (v: Version) => boolean,
): void {
  let last = versions.length - 1;
  while (last >= 0 && !durable(versions[last]!)) last--;
  versions.splice(0, last + 1);
  if (versions.length === 0) state.versions.delete(sector);
}
