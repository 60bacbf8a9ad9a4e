const UNITS = ['', 'k', 'm', 'g', 't', 'p'] as const;

/**
 * Reads a size as people write it: "1 TiB", "256M", "1.5 GiB", "4096". Units are powers of 1024, with or without
 * "iB". Gives whole bytes; `undefined` when it is no size, is 0, or is beyond 2^52 bytes.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp]?)(?:i?b)?)$/i.exec(text.trim());
  if (!match) return undefined;
  const unit = UNITS.indexOf((match[2] ?? '').toLowerCase() as (typeof UNITS)[number]);
  const bytes = Math.round(Number(match[1]) * 1024 ** unit);
  return bytes > 0 && bytes <= 2 ** 52 ? bytes : undefined;
}
