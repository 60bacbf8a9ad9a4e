import type { TraceCase } from '../../capture/trace';
import { Machine, type IoOutcome } from '../../engine/machine';
import { parseHex } from '../../model/address';
import { deviceNumbers } from '../../model/device-number';
import { blockEvents, type BlockEvent } from '../../model/print/block-event';
import { compare, type Case } from './case';
import { sameInRelease } from './concern';
import { comparable, compareSequences, sequencesOf } from './compare-events';

/**
 * One case for each sequence of a device, and one for each bio whose end the test driver logged. `release`: the kernel's
 * own version, where it is none of the flavours.
 */
export function* traceCases(trace: TraceCase, release?: string): Generator<Case> {
  const { machine, ios } = trace;
  const inUse = ios.flatMap((io) => io.vecs.map((vec) => (parseHex(vec.pfn) ?? 0) as number));
  const { recording, outcomes } = new Machine(machine, { inUse }).run(ios);
  const numbers = deviceNumbers(machine.devices ?? [], machine.kernel.flavour);
  const simulated = [...blockEvents(recording, { flavour: machine.kernel.flavour, numbers })];
  const same = ({ name }: BlockEvent) => sameInRelease(name, release);
  const real = sequencesOf(comparable(trace.lines).filter(same));
  const ours = sequencesOf(simulated.map(({ event }) => event).filter(same));
  for (const name of new Set([...real.keys(), ...ours.keys()]))
    yield compareSequences(name, real.get(name), ours.get(name));
  for (const [io, end] of trace.ends) yield ended(trace, io, end, outcomes[io]);
}

function ended(
  { ios }: TraceCase,
  io: number,
  { line, error, flags, iter }: { line: number; error: number; flags: number; iter: string },
  outcome: IoOutcome | undefined,
): Case {
  const name = `line ${line}: end of bio ${io} (${ios[io]!.device} ${ios[io]!.sector})`;
  // An error of 2 is the driver's own: nothing was added, so nothing was submitted.
  if (error === 2) return compare(name, 'not-submitted', outcome?.state ?? 'nothing');
  const expected = `err=${error} flags=${flags.toString(16)} iter=${iter}`;
  if (!outcome || outcome.state !== 'completed')
    return {
      name,
      agrees: false,
      expected,
      got: outcome ? `${outcome.state}: ${outcome.because}` : 'nothing',
    };
  return compare(
    name,
    expected,
    `err=${outcome.error} flags=${outcome.flags.toString(16)} iter=${iterText(outcome)}`,
  );
}

/** The final iterator, "sector/size/idx/done". */
function iterText({ iter }: IoOutcome): string {
  return `${iter.sector}/${iter.size}/${iter.idx}/${iter.done}`;
}
