import type { RecordedEvent, Recording } from './recording';

/**
 * Nanoseconds that devices had let pass when an event happened: each event before it took one tick of the clock, and what
 * is more was a device at work.
 */
export function deviceTime({ dropped }: Recording, { time, index }: RecordedEvent): number {
  return Math.max(time - dropped - index - 1, 0);
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
] as const;

/** `20.1 µs`, `512 ns`: a duration for people. */
export function formatNanoseconds(ns: number): string {
  const [unit, size] = UNITS.find(([, least]) => ns >= least) ?? ['ns', 1];
  const value = ns / size;
  return `${unit === 'ns' ? value : Number(value.toPrecision(3))} ${unit}`;
}
