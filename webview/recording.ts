import { bioVectors, type BioVector } from '../src/model/bio-vectors';
import type { Recording } from '../src/model/recording';
import { decodeRecording } from '../src/model/recording-codec';
import type { MachineView } from '../src/protocol/view-state';

/** Decoding costs more than drawing, so the last one is kept until the machine has another revision. */
let decoded:
  { revision: number; recording: Recording | undefined; vectors: readonly BioVector[] } | undefined;

function decode({ revision, recording: bytes }: MachineView) {
  if (decoded?.revision !== revision) {
    const recording = bytes ? decodeRecording(bytes) : undefined;
    decoded = { revision, recording, vectors: recording ? bioVectors(recording) : [] };
  }
  return decoded;
}

export const recordingOf = (machine: MachineView): Recording | undefined => decode(machine).recording;

/** Who points where, in the machine's workload. */
export const vectorsOf = (machine: MachineView): readonly BioVector[] => decode(machine).vectors;
