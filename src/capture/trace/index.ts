import { devicesBelow } from '../../model/devices-below';
import type { KernelChoice } from '../../model/flavour';
import type { MachineSpec, MemoryRange } from '../../model/machine-spec';
import type { CaptureProblem, Captured } from '../problem';
import { noFacts, readDevices, readQueueRow, type DeviceFacts } from './devices';
import { readDriverLog, type DriverLog } from './driver-log';
import { readFtrace, type TraceLine } from './ftrace';
import { diskOf, machineOf } from './machine';
import { submissionsOf, type Stacks } from './submissions';
import { workloadOf, type Workload } from './workload';

/** The text of one trace file, read: what it says of the machine, what was asked of it, what it did. */
export interface TraceFile {
  readonly command: string;
  readonly facts: DeviceFacts;
  readonly log: DriverLog;
  readonly lines: readonly TraceLine[];
}

/** A trace as a machine, a workload for it, and what happened when a real kernel ran it. */
export interface TraceCase extends Workload {
  readonly machine: MachineSpec;
  readonly lines: readonly TraceLine[];
}

const SECTIONS = /^# (command|cmd|rc|driver log|devices|kernel messages|trace|entries-in-buffer)\b/;

/**
 * Reads a trace file of ours: ftrace text under comment headers. The 2015 ones have sections (`# driver log:`,
 * `# devices:`, `# kernel messages:`, `# trace:`), later ones a few header lines.
 */
export function readTraceFile(text: string, file: string): Captured<TraceFile> {
  const problems: CaptureProblem[] = [];
  const sections = new Map<string, { first: number; lines: string[] }>();
  let open: { first: number; lines: string[] } | undefined;
  let command = '';
  const all = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, line] of all.entries()) {
    const header = SECTIONS.exec(line)?.[1];
    if (header === undefined) open?.lines.push(line);
    else {
      if (header === 'command' || header === 'cmd') command = line.replace(/^# \w+: /, '').slice(0, 65536);
      open = { first: i + 2, lines: [] };
      sections.set(header === 'entries-in-buffer' ? 'trace' : header, open);
    }
  }
  const trace = sections.get('trace');
  if (!trace) {
    const message =
      'expected a line "# trace:" or "# entries-in-buffer/entries-written: …" before the events';
    return { ok: false, problems: [{ file, line: 1, message }] };
  }
  const facts = noFacts();
  const read = <T>(name: string, reader: (lines: readonly string[], first: number) => T): T => {
    const section = sections.get(name) ?? { first: 1, lines: [] };
    return reader(section.lines, section.first);
  };
  const log = read('driver log', (lines, first) => readDriverLog(lines, first, file, problems));
  read('devices', (lines, first) => readDevices(lines, first, file, problems, facts));
  // What a command printed may be /proc/mdstat, of the moment that counts.
  read('command', (lines, first) => readDevices(lines, first, file, problems, facts));
  for (const { line, text: row } of log.queueRows)
    if (problems.length < 20) readQueueRow(row, facts, (message) => problems.push({ file, line, message }));
  const lines = read('trace', (rows, first) => readFtrace(rows, first, file, problems));
  return problems.length > 0
    ? { ok: false, problems: problems.slice(0, 20) }
    : { ok: true, value: { command, facts, log, lines }, warnings: [] };
}

export interface TraceContext {
  readonly name: string;
  readonly kernel: KernelChoice;
  /** Texts that lie beside the trace: queue limits, dm tables, mdstat. */
  readonly beside: readonly string[];
  /** What other traces of the same guest say, for one that does not say its devices. */
  readonly siblings: readonly TraceFile[];
  readonly ranges?: readonly MemoryRange[];
  readonly pmemPages: boolean;
}

/** The machine and the workload of a trace; a text if there is none, with the reason. */
export function traceCase(trace: TraceFile, context: TraceContext): TraceCase | string {
  const own = noFacts();
  // What the trace itself says comes last, and wins.
  for (const text of context.beside) readDevices(text.split(/\r\n|\n/), 1, context.name, [], own);
  merge(own, trace.facts);
  const facts = knowsAll(trace, own) ? own : siblingFacts(trace, context.siblings, own);
  const machine = machineOf({ ...context, facts, log: trace.log, lines: trace.lines });
  if (typeof machine === 'string') return machine;
  const stacks = stacksOf(facts, machine);
  const submissions = submissionsOf(trace.lines, trace.log, stacks);
  if (typeof submissions === 'string') return submissions;
  const names = new Map([...facts.disks].map(([name, { number }]) => [number.replace(':', ','), name]));
  const lost = submissions.find(({ device }) => !names.has(device));
  if (lost) return `which disk ${lost.device} is, nothing says`;
  const ownPlugs = context.kernel.flavour === '6.12';
  return {
    ...workloadOf(submissions, trace.lines, (number) => names.get(number)!, stacks, ownPlugs),
    machine,
    lines: trace.lines,
  };
}

/** Targets that send bios of their own below, without a remap. */
const MAKES_BIOS: ReadonlySet<string> = new Set(['crypt', 'verity', 'log-writes', 'mirror']);

function stacksOf(facts: DeviceFacts, machine: MachineSpec): Stacks {
  const numbers = new Map([...facts.disks].map(([name, { number }]) => [name, number.replace(':', ',')]));
  const numberOf = (name: string) => numbers.get(name) ?? '';
  const devices = machine.devices ?? [];
  const arrays = devices.filter((d) => /^raid/.test(d.driver));
  const makers = devices.filter(
    (d) => d.driver === 'dm' && d.targets.some(({ type }) => MAKES_BIOS.has(type)),
  );
  const old = machine.kernel.flavour !== '6.12';
  const instant = devices
    .filter(({ driver }) => old && (driver === 'pmem' || driver === 'brd' || driver === 'zram'))
    .flatMap(({ name, partitions = [] }) => [name, ...partitions.map((part) => part.name)]);
  return {
    numbers,
    members: new Set([...arrays, ...makers].flatMap(devicesBelow).map(numberOf)),
    instant: new Set(instant.map(numberOf)),
    silent: new Set(
      old ? arrays.filter(({ driver }) => driver !== 'raid5').map(({ name }) => numberOf(name)) : [],
    ),
    mirrors: new Set(
      arrays
        .filter(({ driver }) => driver === 'raid1' || driver === 'raid10')
        .map(({ name }) => numberOf(name)),
    ),
    partitions: new Map(
      [...facts.partitions.keys()].map((name) => [numberOf(name), numberOf(diskOf(facts, name))]),
    ),
  };
}

function merge(into: DeviceFacts, from: DeviceFacts): void {
  for (const key of Object.keys(into) as (keyof DeviceFacts)[])
    for (const [name, fact] of from[key]) (into[key] as Map<string, unknown>).set(name, fact);
}

/** The disks of the guest, and not of a partition table or a passthrough command. */
function knowsAll(trace: TraceFile, facts: DeviceFacts): boolean {
  const numbers = new Set([...facts.disks.values()].map(({ number }) => number.replace(':', ',')));
  return (
    trace.lines.every(
      ({ block }) => !block || !block.device || block.device === '0,0' || numbers.has(block.device),
    ) && trace.log.sequences.every(({ device }) => facts.disks.has(device))
  );
}

/** The facts of the first trace of the same guest that knows every disk of this one, with this one's own on top. */
function siblingFacts(trace: TraceFile, siblings: readonly TraceFile[], own: DeviceFacts): DeviceFacts {
  for (const sibling of siblings) {
    const facts = noFacts();
    merge(facts, sibling.facts);
    merge(facts, own);
    if (knowsAll(trace, facts)) return facts;
  }
  return own;
}
