import { PAGE_SIZE, phys } from '../../model/address';
import type { KernelChoice } from '../../model/flavour';
import type { Io } from '../../model/workload-spec';
import { errnoName } from '../errno';
import { Machine, type IoOutcome } from '../machine';
import { ioOf, machineOf, type Memory, type Model } from './machine';

/** What came of it, in the words of the catalogue, and as one phrase that says how. */
export interface Result {
  readonly outcome: 'works' | 'error' | 'fault' | 'bug' | 'silent';
  readonly text: string;
}

/**
 * Runs a model with memory of one kind, there and back, and compares the bytes. Who makes bios of pages has no page for
 * memory without: then what happens to a bio that was made all the same is said, too.
 */
export function resultOf(model: Model, name: string, kernel: KernelChoice, memory: Memory): Result {
  if (!model.by || memory === 'page-backed') return runs(model, name, kernel, memory);
  const asked = runs({ ...model, add: 'bio_add_page' }, name, kernel, memory);
  const forced = runs(model, name, kernel, memory);
  return { outcome: asked.outcome, text: `no page to hand over; put there by hand, it ${forced.text}` };
}

function runs(model: Model, name: string, kernel: KernelChoice, memory: Memory): Result {
  const written = model.only === 'read' ? undefined : writes(model, name, kernel, memory);
  if (written && written.outcome !== 'works') return written;
  if (model.only === 'write') return written!;
  const read = reads(model, name, kernel, memory);
  return read.outcome === 'works' || !written ? read : { ...read, text: `writes work; a read: ${read.text}` };
}

/** A write from that memory, read back into RAM. */
function writes(model: Model, name: string, kernel: KernelChoice, memory: Memory): Result {
  const write = ioOf(model, 'write', memory, 'source');
  return run(model, name, kernel, write, ioOf(model, 'read', 'page-backed', 'target'), 0);
}

/** A write from RAM, read back into that memory. */
function reads(model: Model, name: string, kernel: KernelChoice, memory: Memory): Result {
  const write = ioOf(model, 'write', 'page-backed', 'source');
  return run(model, name, kernel, write, ioOf(model, 'read', memory, 'target'), 1);
}

function run(model: Model, name: string, kernel: KernelChoice, write: Io, read: Io, asked: 0 | 1): Result {
  const inUse = [...write.vecs, ...read.vecs].map((vec) => phys(vec.pfn) as number);
  const machine = new Machine(machineOf(model, name, kernel), { inUse });
  if (model.written === false) return alreadyThere(machine, read);
  const first = machine.run([write]).outcomes[0]!;
  const bad = asked === 0 ? badness(first) : undefined;
  if (bad) return bad;
  const second = machine.run([read]).outcomes[0]!;
  const worse = asked === 1 ? badness(second) : undefined;
  if (worse) return worse;
  const same = sameBytes(bytesOf(machine, write), bytesOf(machine, read));
  return same
    ? { outcome: 'works', text: 'works' }
    : { outcome: 'silent', text: 'reports success; the bytes are wrong' };
}

/** What can only be read is there before: whether it arrives is all that can be asked. */
function alreadyThere(machine: Machine, read: Io): Result {
  return badness(machine.run([read]).outcomes[0]!) ?? { outcome: 'works', text: 'works' };
}

function badness({ state, error, because }: IoOutcome): Result | undefined {
  switch (state) {
    case 'completed':
      if (error === 0) return undefined;
      return { outcome: 'error', text: `ends with ${errnoName(error)}` };
    case 'not-submitted':
      return { outcome: 'error', text: 'is not submitted' };
    case 'hung':
      return { outcome: 'fault', text: 'never completes' };
    default:
      return /BUG_ON|kernel BUG|^!|SG_FLAGS/.test(because) && !/unable to handle/.test(because)
        ? { outcome: 'bug', text: `BUG in ${where(because)}` }
        : { outcome: 'fault', text: `faults in ${where(because)}` };
  }
}

/** The function at the end of a fault's message. */
const where = (because: string) => /, in (.+)$/.exec(because)?.[1] ?? because;

function bytesOf(machine: Machine, io: Io): Uint8Array[] {
  return io.vecs.map((vec) => machine.kernel.bytes.read(phys(vec.pfn) * PAGE_SIZE + vec.offset, vec.len));
}

function sameBytes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.every((bytes, i) => bytes.every((byte, n) => byte === b[i]![n]));
}
