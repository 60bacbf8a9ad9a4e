import { simulate, type IoOutcome, type Run } from '../engine/machine';
import { errnoName } from '../engine/errno';
import { formatBytes } from '../model/address';
import { flavourLabel, isReconstructed } from '../model/flavour';
import type { BioscopeDocument, Io } from '../model/machine-spec';
import { encodeRecording } from '../model/recording-codec';
import type { IoSummary, MachineView } from '../protocol/view-state';
import { mapView } from './map-view';

/** What both webviews show of a document: its map, and the Recording of its workload. */
export function machineView(document: BioscopeDocument, notes: readonly string[]): MachineView {
  const { machine, workload = [] } = document;
  const run = workload.length > 0 ? simulate(machine, workload) : undefined;
  return {
    name: machine.name,
    origin: machine.origin ?? '',
    flavour: flavourLabel(machine.kernel),
    reconstructed: isReconstructed(machine.kernel),
    notes: [...notes, ...(document.notes ? [document.notes] : [])],
    map: mapView(machine),
    workload: run ? summaries(run, workload) : [],
    ...(run ? { recording: encodeRecording(run.recording) } : {}),
  };
}

function summaries(run: Run, workload: readonly Io[]): IoSummary[] {
  return run.outcomes.map((outcome, number) => {
    const io = workload[number]!;
    const bytes = io.vecs.reduce((sum, vec) => sum + vec.len, 0);
    return {
      number,
      bio: outcome.bio,
      title: `${io.op} ${formatBytes(bytes)} ${io.op === 'write' ? 'to' : 'from'} ${io.device}, sector ${io.sector}`,
      outcome: outcomeText(outcome),
      ok: outcome.state === 'completed' && outcome.error === 0,
      because: outcome.because,
    };
  });
}

function outcomeText(outcome: IoOutcome): string {
  switch (outcome.state) {
    case 'completed':
      return outcome.error === 0 ? 'completed' : `failed: ${errnoName(outcome.error)}`;
    case 'not-submitted':
      return 'not submitted';
    case 'oops':
      return 'kernel oops';
    case 'not-reached':
      return 'never reached';
  }
}
