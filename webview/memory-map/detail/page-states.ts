import { pagesOf, type BioVector } from '../../../src/model/bio-vectors';
import { FRAME_FLAGS, Frames } from '../../../src/model/frames';
import type { MapView } from '../../../src/protocol/map-view';

/** The states of all pages of a machine: what the host told as runs, and what its ranges and bios say. */
export function pageStates(view: MapView, vectors: readonly BioVector[]): Frames {
  const frames = new Frames();
  const { states } = view;
  if (states) {
    for (let i = 0; i < states.start.length; i++)
      frames.set(states.start[i]!, states.count[i]!, states.flags[i]!);
  }
  const bytes = (range: { start: number; end: number }, flag: number) => {
    const first = Math.floor(range.start / 4096);
    frames.set(first, Math.ceil(range.end / 4096) - first, flag);
  };
  if (view.swiotlb) bytes(view.swiotlb, FRAME_FLAGS.swiotlb);
  for (const window of view.windows ?? []) bytes(window, FRAME_FLAGS.kmap);
  for (const mark of view.marks) bytes(mark, FRAME_FLAGS.mark);
  return withVectors(frames, vectors);
}

/** Adds what bios point at. */
export function withVectors(frames: Frames, vectors: readonly BioVector[]): Frames {
  for (const vector of vectors) frames.set(vector.pfn, pagesOf(vector), FRAME_FLAGS.bio);
  return frames;
}
