import { cbc, ecb } from '@noble/ciphers/aes';
import { sha256 } from '@noble/hashes/sha2';
import type { CIPHERS } from '../../../model/target-spec';

/** dm-crypt works on sectors of 512 bytes, each with an IV of its own. */
const SECTOR = 512;
const BLOCK = 16;
const RAW = { disablePadding: true } as const;

type CipherName = (typeof CIPHERS)[number];

/** A cipher over sectors; both ways keep the length. `sector`: of the target, which the IV is made of. */
export interface SectorCipher {
  readonly encrypt: (sector: number, plain: Uint8Array) => Uint8Array;
  readonly decrypt: (sector: number, secret: Uint8Array) => Uint8Array;
}

export function sectorCipher(name: CipherName, key: Uint8Array): SectorCipher {
  return name === 'aes-xts-plain64' ? xts(key) : essiv(key);
}

/** One use each: the library refuses a second one, for fear that an IV is used again. */
const block = (key: Uint8Array) => ecb(key, RAW);

/** IEEE 1619: two keys, the second one makes the tweak of the sector number. */
function xts(key: Uint8Array): SectorCipher {
  const half = key.length / 2;
  const data = key.subarray(0, half);
  const tweaks = key.subarray(half);
  const whiten = (sector: number, input: Uint8Array, through: (xored: Uint8Array) => Uint8Array) => {
    const mask = new Uint8Array(input.length);
    const tweak = block(tweaks).encrypt(plain64(sector));
    for (let at = 0; at < input.length; at += BLOCK) {
      mask.set(tweak, at);
      doubled(tweak);
    }
    return xor(through(xor(input, mask)), mask);
  };
  return {
    encrypt: (sector, plain) => whiten(sector, plain, (xored) => block(data).encrypt(xored)),
    decrypt: (sector, secret) => whiten(sector, secret, (xored) => block(data).decrypt(xored)),
  };
}

/** The IV is the sector number, encrypted with a hash of the key. */
function essiv(key: Uint8Array): SectorCipher {
  const salt = sha256(key);
  const iv = (sector: number) => block(salt).encrypt(plain64(sector));
  return {
    encrypt: (sector, plain) => cbc(key, iv(sector), RAW).encrypt(plain),
    decrypt: (sector, secret) => cbc(key, iv(sector), RAW).decrypt(secret),
  };
}

/** The sector number, little-endian. */
function plain64(sector: number): Uint8Array {
  const iv = new Uint8Array(BLOCK);
  new DataView(iv.buffer).setBigUint64(0, BigInt(sector), true);
  return iv;
}

/** Times x in GF(2^128), in place. */
function doubled(tweak: Uint8Array): void {
  let carry = 0;
  for (let i = 0; i < BLOCK; i++) {
    const next = tweak[i]! >>> 7;
    tweak[i] = ((tweak[i]! << 1) | carry) & 0xff;
    carry = next;
  }
  if (carry) tweak[0]! ^= 0x87;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}

/** Sector by sector over a run. `first`: its first sector. */
export function overSectors(
  bytes: Uint8Array,
  first: number,
  each: (sector: number, part: Uint8Array) => Uint8Array,
): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += SECTOR)
    result.set(each(first + at / SECTOR, bytes.slice(at, at + SECTOR)), at);
  return result;
}
