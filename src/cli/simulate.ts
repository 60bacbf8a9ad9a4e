import { errnoName } from '../engine/errno';
import { simulate } from '../engine/machine';
import { deviceNumbers } from '../model/device-number';
import type { MachineSpec } from '../model/machine-spec';
import { narrate } from '../model/narrate';
import { blkparseLines } from '../model/print/blkparse';
import { blockEvents, type PrintOptions } from '../model/print/block-event';
import { ftraceLines } from '../model/print/ftrace';
import { NO_OBJECT, events, type Recording } from '../model/recording';
import { openDocument } from './document';
import { CliError, onlyArgument, type Output } from './output';

const TRACES = ['ftrace', 'blkparse', 'json'] as const;

/** `simulate SPEC`: runs the workload of a document; prints every event and how each I/O ended, or a trace. */
export async function simulateFile(
  args: string[],
  options: { readonly trace?: string } = {},
): Promise<Output> {
  const form = TRACES.find((known) => known === options.trace);
  if (options.trace !== undefined && form === undefined)
    throw new CliError(`--trace ${options.trace}: expected one of ${TRACES.join(', ')}`, 2);
  const path = onlyArgument(args, 'document (*.bioscope.json)');
  const read = await openDocument(path);
  const { machine, workload = [] } = read.document;
  if (workload.length === 0)
    throw new CliError(`${path}: the document has no workload: add I/Os to "workload"`);
  const { recording, outcomes } = simulate(machine, workload);
  const warnings = read.warnings.map((w) => `${path}:${w.line}:${w.column}: ${w.message}`);
  if (form !== undefined) return { ...traceOf(recording, machine, form), warnings };
  const lines = [...events(recording)].map(
    (e) =>
      `${String(e.time).padStart(9)}  ${(e.device ?? '').padEnd(8)} ${(e.object === NO_OBJECT ? '' : `bio ${e.object}`).padEnd(8)} ${e.name.name.padEnd(28)} ${narrate(e)}`,
  );
  const ends = outcomes.map((o) => {
    const end = o.state === 'completed' ? errnoName(o.error) : o.state;
    return `I/O ${o.io} on ${o.device}: ${end}${o.because === '' ? '' : ` (${o.because})`}`;
  });
  return {
    text: [
      recording.source + (recording.reconstructed ? ' (reconstructed)' : ''),
      ...lines,
      '',
      ...ends,
    ].join('\n'),
    json: {
      source: recording.source,
      reconstructed: recording.reconstructed,
      outcomes,
      events: [...events(recording)].map(({ name, ...event }) => ({
        ...event,
        name: name.name,
        kind: name.kind,
      })),
    },
    warnings,
  };
}

/** The block tracepoints as ftrace or blkparse print them; as JSON, one object an event. */
function traceOf(recording: Recording, machine: MachineSpec, form: (typeof TRACES)[number]): Output {
  const { flavour } = machine.kernel;
  const options: PrintOptions = { flavour, numbers: deviceNumbers(machine.devices ?? [], flavour) };
  const json = [...blockEvents(recording, options)].map(({ event }) => event);
  if (form === 'json') return { text: JSON.stringify(json, null, 2), json };
  const lines = form === 'ftrace' ? ftraceLines(recording, options) : blkparseLines(recording, options);
  return { text: [...lines].join('\n'), json };
}
