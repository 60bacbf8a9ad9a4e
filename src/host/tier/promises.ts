import { PhysicalBytes } from '../../engine/memory/bytes';
import type { IoOutcome } from '../../engine/machine';
import type { Io } from '../../model/workload-spec';
import type { CrashView } from '../../protocol/tier-view';

const SECTOR = 512;

/** A write of a sector, and what it put there. */
interface Version {
  readonly io: number;
  readonly bytes: Uint8Array;
}

type Fate = CrashView['fates'][number];

/** The same workload with bytes that tell every write from every other. */
export function withData(workload: readonly Io[]): Io[] {
  return workload.map((io, n) =>
    io.op === 'write' && io.vecs.length > 0 ? { ...io, fill: 1 + n * 257 } : io,
  );
}

/** Why nobody could tell whose data is found; '' if one can. */
export function whyUntold(workload: readonly Io[], device: string): string {
  if (!workload.some((io) => io.device === device && io.op === 'write' && io.vecs.length > 0))
    return `no I/O of the workload writes to ${device}`;
  const used = new Map<string, number>();
  for (const [n, { batch, vecs }] of workload.entries()) {
    if (batch === undefined) continue;
    for (const { pfn } of vecs) {
      const key = `${batch} ${Number(pfn)}`;
      const other = used.get(key) ?? n;
      if (other !== n && workload.slice(other, n).every((io) => io.batch === batch))
        return `I/Os ${other} and ${n} are on their way together with the same page, so nobody could tell whose data is found`;
      used.set(key, n);
    }
  }
  return '';
}

/** What was written to each sector of a device, in order. What was also discarded is left out: it may hold anything. */
export function versionsBySector(workload: readonly Io[], device: string): Map<number, Version[]> {
  const found = new Map<number, Version[]>();
  for (const [io, { op, device: to, vecs, sector, fill }] of workload.entries()) {
    if (op !== 'write' || to !== device || fill === undefined) continue;
    let at = sector;
    for (const [n, { len }] of vecs.entries()) {
      const bytes = new PhysicalBytes();
      bytes.fill(0, len, fill + n);
      for (let s = 0; s < len / SECTOR; s++, at++) {
        const versions = found.get(at) ?? [];
        versions.push({ io, bytes: bytes.read(s * SECTOR, SECTOR) });
        found.set(at, versions);
      }
    }
  }
  for (const { op, device: to, sector, sectors = 0 } of workload)
    if (op === 'discard' && to === device)
      for (const at of [...found.keys()]) if (at >= sector && at < sector + sectors) found.delete(at);
  return found;
}

/** Which I/Os had been acknowledged as durable: answered with FUA, or before a flush was asked for that was answered too. */
export function durableIos(workload: readonly Io[], outcomes: readonly IoOutcome[]): ReadonlySet<number> {
  const answered = (n: number) => outcomes[n]?.state === 'completed' && outcomes[n].error === 0;
  const durable = new Set<number>();
  let flushed = false;
  let batch: number | undefined;
  let flushedBefore = false;
  for (let n = workload.length - 1; n >= 0; n--) {
    const io = workload[n]!;
    // A flush says nothing of what is on its way together with it.
    if (io.batch === undefined || io.batch !== batch) flushedBefore = flushed;
    batch = io.batch;
    if (answered(n) && io.op === 'write' && (flushedBefore || io.flags?.includes('fua'))) durable.add(n);
    if (answered(n) && io.flags?.includes('flush')) flushed = true;
  }
  return durable;
}

/** What became of one block, from what its sectors hold now. `held`: the bytes of one. */
export function fateOf(
  at: number,
  sectors: readonly number[],
  versions: ReadonlyMap<number, readonly Version[]>,
  durable: ReadonlySet<number>,
  held: (sector: number) => Uint8Array,
): Fate {
  const found = new Set<string>();
  const promised = new Set<string>();
  let verdict: Fate['verdict'] = 'kept';
  const worse = (next: Fate['verdict']) => {
    if (WORSE.indexOf(next) > WORSE.indexOf(verdict)) verdict = next;
  };
  for (const sector of sectors) {
    const all = versions.get(sector)!;
    const bytes = held(sector);
    const last = all.map(({ io }) => durable.has(io)).lastIndexOf(true);
    const is = all.map((version) => same(version.bytes, bytes)).lastIndexOf(true);
    promised.add(last < 0 ? 'nothing' : `I/O ${all[last]!.io}`);
    if (is >= 0) found.add(`I/O ${all[is]!.io}`);
    else found.add(bytes.every((byte) => byte === 0) ? 'nothing yet' : 'a mixture');
    if (is < 0 && !bytes.every((byte) => byte === 0)) worse('torn');
    else if (is < last) worse('lost');
    else if (is > last) worse('newer');
  }
  return { at, promised: [...promised].join(', '), found: [...found].join(', '), verdict };
}

/** The worst comes last. */
export const WORSE: readonly Fate['verdict'][] = ['kept', 'newer', 'lost', 'torn'];

const same = (a: Uint8Array, b: Uint8Array) => a.every((byte, i) => byte === b[i]);
