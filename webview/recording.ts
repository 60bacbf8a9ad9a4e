import { bioVectors, type BioVector } from '../src/model/bio-vectors';
import type { Recording } from '../src/model/recording';
import { decodeRecording } from '../src/model/recording-codec';
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
  if (known) return known;
  const recording = bytes ? decodeRecording(bytes) : undefined;
  const made = { revision, recording, vectors: recording ? bioVectors(recording) : [] };
  decoded = [made, ...decoded.slice(0, 1)];
  return made;
}

export const recordingOf = (machine: MachineView): Recording | undefined => decode(machine).recording;

/** Who points where, in the machine's workload. */
export const vectorsOf = (machine: MachineView): readonly BioVector[] => decode(machine).vectors;
