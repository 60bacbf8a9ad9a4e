const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A whole number from a log: decimal, or hexadecimal. Digits of any length; not a number is 0. */
export function decimal(digits: string | undefined): bigint {
  return digits !== undefined && /^\d+$/.test(digits) ? BigInt(digits) : 0n;
}

export function hexadecimal(digits: string | undefined): bigint {
  const bare = digits?.replace(/^0x/i, '') ?? '';
  return /^[0-9a-f]+$/i.test(bare) ? BigInt(`0x${bare}`) : 0n;
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** 393216 is "384 KiB", 4097 is "4097 bytes": a unit only where nothing is lost. */
export function bytes(value: bigint): string {
  let unit = 0;
  let rest = value;
  while (rest > 0n && rest % 1024n === 0n && unit < UNITS.length - 1) {
    rest /= 1024n;
    unit++;
  }
  return `${rest} ${rest === 1n && unit === 0 ? 'byte' : UNITS[unit]!}`;
}

export function ceilDiv(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** A mask of n low ones: n. */
export function bitsOfMask(mask: bigint): number | undefined {
  return (mask & (mask + 1n)) === 0n ? mask.toString(2).replace('0', '').length : undefined;
}

export function count(n: bigint | number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1n || n === 1 ? one : many}`;
}
