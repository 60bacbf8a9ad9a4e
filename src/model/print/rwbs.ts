import type { FlavourName } from '../flavour';

/** Bits of `bi_rw` and `cmd_flags` as Recordings carry them: 4.1's numbers, whatever the flavour. */
const WRITE = 1 << 0;
const SYNC = 1 << 4;
const META = 1 << 5;
const DISCARD = 1 << 7;
const SECURE = 1 << 8;
const FUA = 1 << 12;
const FLUSH = 1 << 13;
const RAHEAD = 1 << 14;
const FLUSH_SEQ = 1 << 28;

/** The flags column of traces for an operation of `sectors`, in the words of its kernel. */
export function rwbs(flavour: FlavourName, flags: number, sectors: number): string {
  return flavour === '6.12' ? rwbs612(flags, sectors) : rwbs41(flags, sectors);
}

/** 4.1 tests WRITE first: a discard, which is a write to it, prints as W. */
function rwbs41(flags: number, sectors: number): string {
  const operation = flags & WRITE ? 'W' : flags & DISCARD ? 'D' : sectors > 0 ? 'R' : 'N';
  return when(flags, FLUSH, 'F') + operation + rest(flags) + when(flags, SECURE, 'E');
}

/** Since 4.8 the operation is a number of its own, and the flush of the flush machinery is an operation, too. */
function rwbs612(flags: number, sectors: number): string {
  if (flags & FLUSH_SEQ && flags & FLUSH && sectors === 0) return 'FF';
  const operation = flags & DISCARD ? (flags & SECURE ? 'DE' : 'D') : flags & WRITE ? 'W' : 'R';
  return when(flags, FLUSH, 'F') + operation + rest(flags);
}

function rest(flags: number): string {
  return when(flags, FUA, 'F') + when(flags, RAHEAD, 'A') + when(flags, SYNC, 'S') + when(flags, META, 'M');
}

function when(flags: number, bit: number, letter: string): string {
  return flags & bit ? letter : '';
}
