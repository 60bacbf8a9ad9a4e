import { parseWords, pfnLayouts } from '../pfn';
import { hex, placeOf, type Machine } from './place';
import { pointerReadings } from './pointers';
import { cannot, may, type Reading } from './reading';
import { wordReading } from './words';

export { compareHelpers } from './compare';
export { inABio } from './in-a-bio';
export { numberAt } from './number-at';
export { machineOf, placeOf, type Machine } from './place';
export type { Reading } from './reading';

/** Everything a number of at most 64 bits can be on a machine; what is possible comes first, the likeliest on top. */
export function readings(word: bigint, machine: Machine): Reading[] {
  return ranked([
    physical(word, machine),
    frame(word, machine),
    ...pointerReadings(word, machine),
    ...pfnLayouts.map((layout) => wordReading(layout, word, machine)),
  ]);
}

/** The readings of a number as somebody wrote it; digits alone are read as decimal and as hexadecimal. */
export function textReadings(text: string, machine: Machine): { words: bigint[]; readings: Reading[] } {
  const words = parseWords(text);
  const all = words.flatMap((word) =>
    readings(word, machine).map((reading) =>
      words.length > 1 ? { ...reading, as: `${hex(word)} as ${reading.as}` } : reading,
    ),
  );
  return { words, readings: ranked(all) };
}

function ranked(all: readonly Reading[]): Reading[] {
  return [...all].sort((a, b) => Number(b.possible) - Number(a.possible) || b.weight - a.weight);
}

function physical(word: bigint, machine: Machine): Reading {
  const place = placeOf(machine, word >> 12n);
  if (!place.ok) return cannot('physical address', place.why);
  const offset = word & 0xfffn;
  const says = offset === 0n ? 'the start of a page' : `${hex(offset)} into a page`;
  return may('physical address', says, place.about, word < 4096n ? 0 : offset === 0n ? 4 : 2, place.pfn);
}

function frame(word: bigint, machine: Machine): Reading {
  const place = placeOf(machine, word);
  if (!place.ok) return cannot('pfn', place.why);
  return may('pfn', `physical ${hex(word << 12n)}`, place.about, 2, place.pfn);
}
