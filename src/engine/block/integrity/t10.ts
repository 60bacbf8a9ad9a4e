/** `struct t10_pi_tuple`: guard, application and reference tag of one interval, big-endian. */
export const TUPLE = 8;
/** An interval: what one tuple protects. */
export const INTERVAL = 512;

export type Guard = 'crc' | 'ip';
/** Type 1: the reference tag is the sector. Type 3: nobody looks at it. (Type 2 commands name it; its tags are type 1's.) */
export type ProtectionType = 1 | 2 | 3;

/** CRC-16 of T10: polynomial 0x8bb7, from 0, nothing reflected. */
export function crc_t10dif(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >>> 8) ^ byte]!;
  return crc;
}

const TABLE = Uint16Array.from({ length: 256 }, (_, n) => {
  let crc = n << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8bb7) & 0xffff : (crc << 1) & 0xffff;
  return crc;
});

/** The Internet checksum: the ones’ complement of the sum of 16-bit words, here in network order. */
export function ip_compute_csum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const guardOf = (guard: Guard, bytes: Uint8Array) =>
  guard === 'crc' ? crc_t10dif(bytes) : ip_compute_csum(bytes);

/** The tuple of an interval. `sector`: of the device, as far as 32 bits tell. */
export function t10_pi_generate(
  type: ProtectionType,
  guard: Guard,
  interval: Uint8Array,
  sector: number,
): Uint8Array {
  const tuple = new Uint8Array(TUPLE);
  const view = new DataView(tuple.buffer);
  view.setUint16(0, guardOf(guard, interval));
  view.setUint32(4, type === 3 ? 0 : sector >>> 0);
  return tuple;
}

/** What is wrong with an interval, as the kernel says it; '' if nothing is. */
export function t10_pi_verify(
  type: ProtectionType,
  guard: Guard,
  interval: Uint8Array,
  tuple: Uint8Array,
  sector: number,
): string {
  const view = new DataView(tuple.buffer, tuple.byteOffset, TUPLE);
  const [found, app, ref] = [view.getUint16(0), view.getUint16(2), view.getUint32(4)];
  // The escape: nobody ever wrote this sector.
  if (app === 0xffff && (type !== 3 || ref === 0xffffffff)) return '';
  const hex = (value: number) => value.toString(16).padStart(4, '0');
  if (type !== 3 && ref !== sector >>> 0) return `ref tag error at location ${sector} (rcvd ${ref})`;
  const want = guardOf(guard, interval);
  return found === want ? '' : `guard tag error at sector ${sector} (rcvd ${hex(found)}, want ${hex(want)})`;
}
