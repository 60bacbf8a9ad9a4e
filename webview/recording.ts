import { bioVectors, type BioVector } from '../src/model/bio-vectors';
import type { Recording } from '../src/model/recording';
import { decodeRecording } from '../src/model/recording-codec';
import { historyOf } from '../src/model/time/history';
import type { MachineView } from '../src/protocol/view-state';

interface Decoded {
  readonly revision: number;
  readonly recording: Recording | undefined;
  readonly vectors: readonly BioVector[];
}

/** Decoding costs more than drawing, so the last two - a machine, and the one beside it - are kept by revision. */
let decoded: readonly Decoded[] = [];

function decode({ revision, recording: bytes }: MachineView): Decoded {
  const known = decoded.find((one) => one.revision === revision);
  if (known) {
    decoded = [known, ...decoded.filter((one) => one !== known)];
    return known;
  }
  const recording = bytes ? decodeRecording(bytes) : undefined;
  const made = { revision, recording, vectors: recording ? bioVectors(recording) : [] };
  decoded = [made, ...decoded.slice(0, 1)];
  return made;
}

/** The host leaves a Recording out that this page should have: whether it has not. */
export function isMissing(machine: MachineView | undefined): boolean {
  if (!machine || machine.recording || machine.events === 0) return false;
  return !decoded.some((one) => one.revision === machine.revision && one.recording !== undefined);
}

export const recordingOf = (machine: MachineView): Recording | undefined => decode(machine).recording;

/** Who points where, in the machine's workload: in all of it, or at a moment. */
export function vectorsOf(machine: MachineView, step?: number): readonly BioVector[] {
  const { recording, vectors } = decode(machine);
  return step === undefined || !recording ? vectors : historyOf(recording).vectorsAt(step);
}
