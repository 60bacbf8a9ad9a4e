/** A size as a tool printed it: `slack` is by how many bytes the real one may differ, 0 where it is exact. */
export interface PrintedSize {
  readonly bytes: number;
  readonly slack: number;
}

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/**
 * Reads 268435456 (exact), "256.00 MiB (268.44 MB)" (ndctl -u) or "94.9M" (lsblk without -b). `undefined` when it is
 * no size or is beyond what a float64 holds exactly.
 */
export function printedSize(text: string): PrintedSize | undefined {
  const match = /^(\d{1,16})(\.\d{1,6})?\s?(?:([BKMGTPE])(?:iB)?)?(?: \(\d[\d.]{0,20} [kKMGTPE]?B\))?$/.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const unit = 1024 ** Math.max(UNITS.indexOf((match[3] ?? 'B') as (typeof UNITS)[number]), 0);
  const bytes = Math.round(Number(match[1]! + (match[2] ?? '')) * unit);
  if (!Number.isSafeInteger(bytes)) return undefined;
  const decimals = Math.max((match[2]?.length ?? 1) - 1, 0);
  // lsblk prints one decimal and drops ".0"; ndctl prints two.
  const step = unit === 1 ? 0 : unit / 10 ** Math.max(decimals, 1);
  return { bytes, slack: Math.ceil(step / 2) };
}
