import type { Recording } from '../recording';
import { depthsOf } from './nesting';

/** Ways to another moment, as a person asks for them. A moment is how many events have happened: 0 … length. */
export const MOVES = ['start', 'back', 'backOver', 'into', 'over', 'out', 'end'] as const;
export type Move = (typeof MOVES)[number];

/**
 * The moment a move leads to. `into` and `back` go by one event. `over` leaves out what happens inside the event that
 * happened last, `out` all that is left inside the function around it; `backOver` is the way back of `over`.
 */
export function moved(recording: Recording, step: number, move: Move): number {
  const { length } = recording;
  switch (move) {
    case 'start':
      return 0;
    case 'end':
      return length;
    case 'back':
      return Math.max(step - 1, 0);
    case 'into':
      return Math.min(step + 1, length);
    case 'over':
      return step === 0 ? Math.min(1, length) : after(recording, step, 0);
    case 'out':
      return step === 0 ? length : after(recording, step, 1);
    case 'backOver':
      return before(recording, step);
  }
}

/** Right after the next event that is at least `levels` further out than the last one was. */
function after(recording: Recording, step: number, levels: number): number {
  const depths = depthsOf(recording);
  const most = depths[step - 1]! - levels;
  for (let i = step; i < recording.length; i++) if (depths[i]! <= most) return i + 1;
  return recording.length;
}

function before(recording: Recording, step: number): number {
  if (step === 0) return 0;
  const depths = depthsOf(recording);
  const most = depths[step - 1]!;
  for (let i = step - 2; i >= 0; i--) if (depths[i]! <= most) return i + 1;
  return 0;
}
