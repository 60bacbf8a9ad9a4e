import type { OpenMachine } from '../machine-view';
import { indexesOf } from './decisions';

/** What the model takes for a copy by the CPU: 10 GB/s, as `npm run bench tier` does. */
const NS_PER_BYTE = 0.1;

/**
 * Nanoseconds that each completed I/O took: devices at work, and copies by the one CPU, between its submission and its end.
 * What kernel functions take is not in it: nothing here claims to know that.
 */
export function latenciesOf({ recording, view }: Pick<OpenMachine, 'recording' | 'view'>): number[] {
  if (!recording) return [];
  const { columns, length, dropped } = recording;
  const bios = new Set(view.workload.filter(({ ok }) => ok).map(({ bio }) => bio));
  const [submits, ends, copies] = [['submit_bio'], ['bio_endio'], ['memcpy']].map((names) =>
    indexesOf(recording, names),
  ) as [ReadonlySet<number>, ReadonlySet<number>, ReadonlySet<number>];
  const began = new Map<number, number>();
  const took = new Map<number, number>();
  let copied = 0;
  for (let i = 0; i < length; i++) {
    const name = columns.name[i]!;
    if (copies.has(name)) copied += columns.c[i]!;
    const bio = columns.object[i]!;
    if (!bios.has(bio) || (!submits.has(name) && !ends.has(name))) continue;
    // An event is one tick of the clock; what is more was a device.
    const now = columns.time[i]! - dropped - i - 1 + copied * NS_PER_BYTE;
    if (submits.has(name)) began.set(bio, now);
    else took.set(bio, now - (began.get(bio) ?? now));
  }
  return [...took.values()];
}

/** The value that `share` of sorted ones do not exceed; 0 where there are none. */
export function shareOf(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
