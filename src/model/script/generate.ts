import { PAGE_SIZE, hex, phys } from '../address';
import type { MachineSpec } from '../machine-spec';
import type { Io, IoFlag } from '../workload-spec';
import type { IoStatement, Statement } from './parse';
import { Zipf } from './zipf';

/** RAM that buffers are taken from, round and round. */
const BUFFER_PAGES = 4096;

/** The same numbers for the same seed (xorshift32), 0 to 1. */
export function randomOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The I/Os of a script, one after another. Bytes; `batch`: those with the same number are submitted together. */
export interface Step {
  readonly device: string;
  readonly op: 'read' | 'write' | 'discard' | 'flush';
  readonly offset: number;
  readonly size: number;
  readonly flags: readonly IoFlag[];
  readonly batch: number;
}

/** Walks a script without making anything of it: a benchmark may have millions of I/Os. `device`: until one is named. */
export function* stepsOf(statements: readonly Statement[], device: string): Generator<Step> {
  const state = { device, random: randomOf(1), batch: 0, left: 0 };
  yield* walk(statements, state);
}

interface State {
  device: string;
  random: () => number;
  batch: number;
  left: number;
}

function* walk(statements: readonly Statement[], state: State): Generator<Step> {
  for (const statement of statements) {
    switch (statement.kind) {
      case 'device':
        state.device = statement.name;
        break;
      case 'seed':
        state.random = randomOf(statement.seed);
        break;
      case 'flush':
        yield flush(state);
        break;
      case 'discard':
        yield { ...alone(state), op: 'discard', offset: statement.offset, size: statement.size };
        break;
      case 'repeat':
        for (let i = 0; i < statement.times; i++) yield* walk(statement.body, state);
        break;
      case 'io':
        yield* ios(statement, state);
    }
  }
}

function* ios(io: IoStatement, state: State): Generator<Step> {
  const places = Math.max(1, Math.floor(io.within / io.size));
  const zipf = io.pattern === 'random' ? new Zipf(places, io.zipf) : undefined;
  for (let i = 0; i < io.count; i++) {
    if (i % io.batch === 0) state.batch++;
    const place = zipf ? zipf.next(state.random) : i;
    const read = io.reads === 100 || (io.reads > 0 && state.random() * 100 < io.reads);
    // A read has no durability of its own.
    const flags = read ? io.flags.filter((flag) => flag !== 'fua') : io.flags;
    const offset = io.from + place * io.size;
    yield {
      device: state.device,
      op: read ? 'read' : 'write',
      offset,
      size: io.size,
      flags,
      batch: state.batch,
    };
    if (io.fsyncEvery > 0 && (i + 1) % io.fsyncEvery === 0) yield flush(state);
  }
}

function alone(state: State) {
  return { device: state.device, flags: [] as const, batch: ++state.batch };
}

function flush(state: State): Step {
  return { ...alone(state), op: 'flush', offset: 0, size: 0 };
}

/** A script as a document's workload, at most `most` I/Os; buffers are pages of RAM. `cut`: there were more. */
export function generateWorkload(
  statements: readonly Statement[],
  machine: MachineSpec,
  most = 2000,
): { readonly ios: readonly Io[]; readonly cut: boolean } {
  const device = machine.devices?.at(-1)?.name ?? '';
  const page = firstPage(machine);
  const ios: Io[] = [];
  let used = 0;
  let last = 0;
  for (const step of stepsOf(statements, device)) {
    if (ios.length >= most) return { ios, cut: true };
    const { op, offset, size, flags, batch } = step;
    const common = { device: step.device, sector: offset / 512, add: 'bio_add_page' as const };
    if (op === 'flush') ios.push({ ...common, op: 'write', flags: ['flush'], vecs: [] });
    else if (op === 'discard') ios.push({ ...common, op, sectors: size / 512, vecs: [] });
    else {
      const vecs = Array.from({ length: Math.ceil(size / PAGE_SIZE) }, (_, n) => ({
        pfn: hex(page + ((used + n) % BUFFER_PAGES)),
        offset: 0,
        len: Math.min(PAGE_SIZE, size - n * PAGE_SIZE),
      }));
      used += vecs.length;
      ios.push({
        ...common,
        op,
        vecs,
        ...(flags.length > 0 ? { flags: [...flags] } : {}),
        ...(op === 'write' ? { fill: ios.length + 1 } : {}),
        ...(batch === last ? { batch } : {}),
      });
      // The first of a batch has its number too, once there is a second.
      const before = ios.at(-2);
      if (batch === last && before && before.batch === undefined) ios[ios.length - 2] = { ...before, batch };
    }
    last = batch;
  }
  return { ios, cut: false };
}

/** The first page of RAM above the first MiB, which is the firmware's. */
function firstPage({ memory }: MachineSpec): number {
  const ram = memory.ranges
    .filter(({ kind }) => kind === 'ram')
    .map(({ start, end }) => [phys(start), phys(end)]);
  const [start = 0] = ram.find(([, end = 0]) => end > 0x100000) ?? [];
  return Math.ceil(Math.max(start, 0x100000) / PAGE_SIZE);
}
