import { errnoName } from '../engine/errno';
import { simulate } from '../engine/machine';
import { narrate } from '../model/narrate';
import { events } from '../model/recording';
import { openDocument } from './document';
import { CliError, onlyArgument, type Output } from './output';

/** `simulate SPEC`: runs the workload of a document; prints every event and how each I/O ended. */
export async function simulateFile(args: string[]): Promise<Output> {
  const path = onlyArgument(args, 'document (*.bioscope.json)');
  const read = await openDocument(path);
  const { machine, workload = [] } = read.document;
  if (workload.length === 0)
    throw new CliError(`${path}: the document has no workload: add I/Os to "workload"`);
  const { recording, outcomes } = simulate(machine, workload);
  const lines = [...events(recording)].map(
    (e) => `${String(e.time).padStart(5)}  bio ${e.object}  ${e.name.name.padEnd(28)} ${narrate(e)}`,
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
    warnings: read.warnings.map((w) => `${path}:${w.line}:${w.column}: ${w.message}`),
  };
}
