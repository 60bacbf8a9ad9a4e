import type { TraceLine } from '../../capture/trace/ftrace';
import type { BlockEvent } from '../../model/print/block-event';
import type { Case } from './case';
import { concernsUs, superblockWrites } from './concern';

/**
 * When a simulated trace agrees with a real one.
 *
 * Per device, the events of submission (Q A X B G S P U M F I D R, io_start) must be the same in the same order. So
 * must those of completion (block_rq_complete, block_bio_complete, io_done), with one freedom: what the simulated device
 * has at the same time it may answer in either order. That is the hardware's choice, not the block layer's; for a
 * stacked device it is the choice of the disks below it.
 *
 * Same event means: same tracepoint, device, sector, length, flags and error; for a remap also where it comes from, for a
 * split where the rest starts, for an unplug how many requests. Time, task, CPU, pointers, the bytes of a request (its
 * length says them) and its priority are not compared.
 */
export interface Sequence {
  readonly texts: string[];
  /** Where in the trace each event is; for a completion, also where what it ends began. */
  readonly places: { readonly start: number; readonly at: number }[];
}

const COMPLETION = /_complete$|_io_done$/;

/** The sequences of a trace by name: "8,0 submission", "8,0 completion". */
export function sequencesOf(events: readonly BlockEvent[]): Map<string, Sequence> {
  const sequences = new Map<string, Sequence>();
  const begun = new Map<string, number>();
  for (const [at, event] of events.entries()) {
    const { device, sector, name } = event;
    const completes = COMPLETION.test(name);
    const key = `${device} ${completes ? 'completion' : 'submission'}`;
    const sequence = sequences.get(key) ?? { texts: [], places: [] };
    const thing = `${device} ${sector}`;
    // The last of issue, insert and queue: the device has it from then on.
    if (/_issue$|_insert$|_bio_queue$/.test(name)) begun.set(thing, at);
    sequence.texts.push(eventText(event));
    sequence.places.push({ start: completes ? (begun.get(thing) ?? at) : at, at });
    sequences.set(key, sequence);
  }
  return sequences;
}

const NOTHING: Sequence = { texts: [], places: [] };

/** The first difference of two sequences, if there is one. */
export function compareSequences(name: string, real = NOTHING, ours = NOTHING): Case {
  const partner = name.endsWith('completion') ? partners(real.texts, ours.texts) : undefined;
  const broken = partner && brokenOrder(real, ours, partner);
  if (broken) return { name, agrees: false, ...broken };
  if (partner) return { name, agrees: true };
  if (name.endsWith('completion')) return { name, agrees: false, ...missing(real.texts, ours.texts) };
  const at = real.texts.findIndex((event, i) => event !== ours.texts[i]);
  const place = at >= 0 ? at : ours.texts.length > real.texts.length ? real.texts.length : -1;
  if (place < 0) return { name, agrees: true };
  const around = ({ texts }: Sequence) => texts[place] ?? `nothing more (${texts.length} events)`;
  return { name: `${name}, event ${place + 1}`, agrees: false, expected: around(real), got: around(ours) };
}

/** The first event that only one of them has. */
function missing(real: readonly string[], ours: readonly string[]) {
  const left = [...ours];
  const lost = real.find((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const extra = left.find((text) => lost === undefined || !real.includes(text)) ?? left[0];
  return { expected: lost ?? 'nothing more', got: extra ?? 'no such event' };
}

/** For each real event the place of the same one of ours; `undefined` if they are not the same events. */
function partners(real: readonly string[], ours: readonly string[]): number[] | undefined {
  const places = new Map<string, number[]>();
  for (const [i, text] of ours.entries()) places.set(text, [...(places.get(text) ?? []), i]);
  const found = real.map((text) => places.get(text)?.shift());
  return real.length === ours.length && found.every((i) => i !== undefined) ? found : undefined;
}

function brokenOrder(real: Sequence, ours: Sequence, partner: readonly number[]) {
  for (let later = 1; later < partner.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const [mine, other] = [partner[earlier]!, partner[later]!];
      if (mine < other) continue;
      if (ours.places[mine]!.start >= ours.places[other]!.at) {
        const [first, second] = [real.texts[earlier]!, real.texts[later]!];
        return { expected: `${first}, then ${second}`, got: `${second}, then ${first}` };
      }
    }
  }
  return undefined;
}

/** All that is compared of an event, as text. */
function eventText({ name, rwbs, sector, sectors, error, from, other, count }: BlockEvent): string {
  switch (name) {
    case 'block_plug':
      return name;
    case 'block_unplug':
      return `${name} ${count}`;
    case 'block_bio_remap':
      return `${name} ${rwbs} ${sector} + ${sectors} <- (${from}) ${other}`;
    case 'block_split':
      return `${name} ${rwbs} ${sector} / ${other}`;
    case 'block_io_done':
      // The request has no length any more.
      return `${name} ${rwbs} ${sector}`;
    default:
      return `${name} ${rwbs} ${sector} + ${sectors} [${error}]`;
  }
}

/** What a real trace holds that is compared. Text does not say whose plug it was: the last request of the task tells. */
export function comparable(lines: readonly TraceLine[]): BlockEvent[] {
  const metadata = superblockWrites(lines);
  const foreign = foreignPlugs(lines);
  const mine = lines.filter((line) => concernsUs(line) && !metadata.has(line) && !foreign.has(line));
  return mine.map((line, i) => ({ ...line.block!, device: line.block!.device || plugOwner(mine, i) }));
}

/** The plug and unplug of a request that is left out. */
function foreignPlugs(lines: readonly TraceLine[]): ReadonlySet<TraceLine> {
  const found = new Set<TraceLine>();
  const last = new Map<string, TraceLine>();
  const plugged = new Set<string>();
  for (const line of lines) {
    const { task, name, block } = line;
    if (!block) continue;
    if (name === 'block_plug') {
      const cause = last.get(task);
      if (cause && !concernsUs(cause)) plugged.add(task);
    }
    if (/plug$/.test(name)) {
      if (plugged.has(task)) found.add(line);
      if (name === 'block_unplug') plugged.delete(task);
    } else last.set(task, line);
  }
  return found;
}

function plugOwner(lines: readonly TraceLine[], at: number): string {
  const { task, name } = lines[at]!;
  const of = (line: TraceLine | undefined) => line?.block?.device ?? '';
  const before = lines
    .slice(0, at)
    .reverse()
    .find((line) => line.task === task && !/plug$/.test(line.name));
  // 4.1 inserts and then says unplug; blk-mq says unplug and then inserts or issues.
  if (name === 'block_plug' || before?.name === 'block_rq_insert') return of(before);
  // raid5 keeps stripes back, not requests: a bio of it is the last thing its task did.
  if (before?.name === 'block_bio_queue') return of(before);
  return of(lines.slice(at + 1).find((line) => /_rq_(?:insert|issue)$/.test(line.name))) || of(before);
}
