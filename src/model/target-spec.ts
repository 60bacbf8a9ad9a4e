import * as v from 'valibot';
import { Leg, Name, sectors } from './device-common';
import { count } from './memory-facts';

/** How dm-crypt encrypts: cipher, chaining mode and what the IV is made of, as a table has it. */
export const CIPHERS = ['aes-xts-plain64', 'aes-cbc-essiv:sha256'] as const;

const placed = {
  start: sectors('Start in the mapped device'),
  sectors: sectors('Length'),
};
const below = { device: Name, offset: v.optional(sectors('Start on the device below')) };

/** What a mapped device is made of. */
export const TargetSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('linear'),
    start: sectors('Start in the mapped device'),
    sectors: sectors('Length'),
    device: Name,
    offset: sectors('Start on the device below'),
  }),
  v.strictObject({
    type: v.literal('striped'),
    start: sectors('Start in the mapped device'),
    sectors: sectors('Length'),
    chunk: sectors('Size of a chunk'),
    stripes: v.pipe(v.array(Leg), v.minLength(1), v.maxLength(64)),
  }),
  v.strictObject({
    ...placed,
    type: v.literal('crypt'),
    ...below,
    cipher: v.pipe(v.picklist(CIPHERS), v.description('How sectors are encrypted.')),
    key: v.pipe(
      v.string(),
      v.regex(/^([0-9a-f]{2}){16,64}$/i, 'expected a key in hexadecimal digits'),
      v.description('In hexadecimal, as in a dm table: 32, 48 or 64 digits; twice as many for xts.'),
    ),
    ivOffset: v.optional(sectors('Added to the sector number for the IV')),
  }),
  v.strictObject({
    ...placed,
    type: v.literal('verity'),
    ...below,
    hashDevice: v.pipe(Name, v.description('Where the tree of digests is.')),
    salt: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^([0-9a-f]{2}){0,64}$/i, 'expected hexadecimal digits'),
        v.description('In hexadecimal.'),
      ),
    ),
    seed: v.optional(
      v.pipe(count('The data on the device is made of it, and the tree over that.', 0xffffffff)),
    ),
  }),
  v.strictObject({
    ...placed,
    type: v.literal('log-writes'),
    ...below,
    log: v.pipe(Name, v.description('Where the log of writes goes.')),
  }),
  v.strictObject({
    ...placed,
    type: v.literal('mirror'),
    legs: v.pipe(v.array(Leg), v.minLength(2), v.maxLength(9)),
  }),
]);

export type DmTarget = v.InferOutput<typeof TargetSchema>;
