import { simulate, type IoOutcome, type Run } from '../engine/machine';
import { errnoName } from '../engine/errno';
import { PhysicalMap } from '../engine/memory/physical-map';
import { formatBytes } from '../model/address';
import { bioVectors, type BioVector } from '../model/bio-vectors';
import { flavourLabel, isReconstructed } from '../model/flavour';
import type { BioscopeDocument } from '../model/machine-spec';
import type { Io } from '../model/workload-spec';
import { encodeRecording } from '../model/recording-codec';
import type { IoSummary, MachineView } from '../protocol/view-state';
import { mapView } from './map-view';

/** A document after its workload ran: what both webviews show of it, and what further questions are answered from. */
export interface OpenMachine {
  readonly view: MachineView;
  readonly map: PhysicalMap;
  readonly vectors: readonly BioVector[];
}

/** Runs a document's workload and describes the outcome; `notes` are what its reader wants said. */
export function openMachine(document: BioscopeDocument, notes: readonly string[], revision = 0): OpenMachine {
  const { machine, workload = [] } = document;
  const run = workload.length > 0 ? simulate(machine, workload) : undefined;
  const map = new PhysicalMap(machine);
  const view: MachineView = {
    revision,
    name: machine.name,
    origin: machine.origin ?? '',
    flavour: flavourLabel(machine.kernel),
    reconstructed: isReconstructed(machine.kernel),
    notes: [...notes, ...(document.notes ? [document.notes] : [])],
    map: mapView(machine, map),
    workload: run ? summaries(run, workload) : [],
    ...(run ? { recording: encodeRecording(run.recording) } : {}),
  };
  return { view, map, vectors: run ? bioVectors(run.recording) : [] };
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
    case 'hung':
      return 'never completes';
  }
}
