/**
 * Physical addresses. On the wire and in documents they are hexadecimal text; in arithmetic they are a
 * branded number of bytes. x86-64 has at most 52 physical bits, so a float64 holds each exactly.
 */
export type Phys = number & { readonly __unit: 'bytes of physical address space' };

/** 2^52: one past the last physical address x86-64 can have. */
export const PHYS_LIMIT = 2 ** 52;

export const PAGE_SIZE = 4096;

/** A half-open range of physical bytes: `start` inside, `end` outside. */
export interface PhysRange {
  readonly start: Phys;
  readonly end: Phys;
}

/** Reads `0x4000_0000` (underscores allowed). `undefined` when it is no hexadecimal number below 2^52. */
export function parseHex(text: string): Phys | undefined {
  if (!/^0x[0-9a-f](_?[0-9a-f])*$/i.test(text)) return undefined;
  const digits = text
    .slice(2)
    .replaceAll('_', '')
    .replace(/^0+(?=.)/, '');
  if (digits.length > 14) return undefined;
  const value = parseInt(digits, 16);
  return value <= PHYS_LIMIT ? (value as Phys) : undefined;
}

/** `parseHex` for text that a schema has already checked. Throws RangeError otherwise. */
export function phys(text: string): Phys {
  const value = parseHex(text);
  if (value === undefined) throw new RangeError(`not a physical address: ${text}`);
  return value;
}

/** `0x40000000`, as documents and messages carry it. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** `0x4000_0000`: the same number for people. */
export function groupedHex(value: number): string {
  return `0x${value.toString(16).replace(/\B(?=(.{4})+$)/g, '_')}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `256 MiB`, `636 KiB`, `1.5 GiB`: bytes for people, never claiming more precision than it prints. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}
