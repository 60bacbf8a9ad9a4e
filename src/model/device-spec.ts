import * as v from 'valibot';
import { CACHES } from './cache-spec';
import { Leg, Name, common, sectors } from './device-common';
import { DMA_BUGS } from './dma-spec';
import { Hex, count } from './memory-facts';
import { TargetSchema } from './target-spec';

const dmaMask = v.optional(
  v.pipe(
    Hex,
    v.description('Highest bus address the device can send, such as "0xffffffff"; 64 bits if absent.'),
  ),
);

const dmaBug = v.optional(
  v.pipe(v.picklist(DMA_BUGS), v.description('What its driver does wrong when a request is done.')),
);
/** How copies lie: next to each other, in another part of each device, or in the next row. */
export const RAID10_LAYOUTS = ['near', 'far', 'offset'] as const;
export type Raid10Layout = (typeof RAID10_LAYOUTS)[number];

/** In mdadm's words; the kernel numbers them 0 to 5. */
export const RAID5_LAYOUTS = [
  'left-asymmetric',
  'right-asymmetric',
  'left-symmetric',
  'right-symmetric',
  'parity-first',
  'parity-last',
] as const;
export type Raid5Layout = (typeof RAID5_LAYOUTS)[number];

/** Disks of which there is no more to say than how large they are. */
const disk = <const N extends string>(driver: N) =>
  v.strictObject({ ...common, driver: v.literal(driver), sectors: sectors('Capacity') });

/** Disks that are memory of the machine. */
const memory = <const N extends string>(driver: N) =>
  v.strictObject({
    ...common,
    driver: v.literal(driver),
    start: v.pipe(Hex, v.description('First byte of the memory the disk lives in.')),
    end: v.pipe(Hex, v.description('One past its last byte.')),
  });

/** Disks that lie on one other. */
const above = <const N extends string>(driver: N) =>
  v.strictObject({
    ...common,
    driver: v.literal(driver),
    device: v.pipe(Name, v.description('The disk or partition it lies on.')),
  });

export const DISCIPLINES = ['eckd', 'fba', 'diag'] as const;
export const SAS_CONTROLLERS = ['mpt2sas', 'mpt3sas'] as const;

const Legs = v.pipe(v.array(Leg), v.minLength(1), v.maxLength(64));
export const DeviceSchema = v.variant('driver', [
  memory('pmem'),
  disk('brd'),
  disk('null_blk'),
  v.strictObject({ ...common, driver: v.literal('nvme'), sectors: sectors('Capacity'), dmaMask, dmaBug }),
  v.strictObject({
    ...common,
    driver: v.literal('sd'),
    sectors: sectors('Capacity'),
    dmaMask,
    dmaBug,
    rpm: v.optional(v.pipe(count('Turns a minute; 0: it does not rotate.', 15000))),
    integrity: v.optional(
      v.pipe(
        v.strictObject({
          type: v.pipe(
            v.picklist([1, 2, 3]),
            v.description('T10 protection type; with 3 nobody looks at the reference tag.'),
          ),
          guard: v.pipe(v.picklist(['crc', 'ip']), v.description('CRC-16 of T10, or the Internet checksum.')),
        }),
        v.description('DIF and DIX: every 512 bytes travel with a tag from the bio to the medium and back.'),
      ),
    ),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('loop'),
    sectors: sectors('Capacity'),
    backing: v.optional(v.pipe(Name, v.description('The disk its file lies on; RAM if absent.'))),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('dm'),
    targets: v.pipe(v.array(TargetSchema), v.minLength(1), v.maxLength(256)),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('raid0'),
    chunk: sectors('Size of a chunk'),
    devices: Legs,
    sectors: v.optional(sectors('Capacity used of each device; all of it if absent')),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('raid1'),
    devices: Legs,
    sectors: v.optional(sectors('Capacity; the smallest device’s if absent')),
  }),
  ...CACHES,
  v.strictObject({
    ...common,
    driver: v.literal('raid10'),
    chunk: sectors('Size of a chunk'),
    layout: v.pipe(v.picklist(RAID10_LAYOUTS), v.description('Where the copies of a chunk lie.')),
    copies: v.pipe(count('Copies of every chunk.', 8), v.minValue(2)),
    devices: v.pipe(v.array(Leg), v.minLength(2), v.maxLength(64)),
    sectors: v.optional(sectors('Capacity used of each device; the smallest device’s if absent')),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('raid5'),
    chunk: sectors('Size of a chunk'),
    layout: v.pipe(v.picklist(RAID5_LAYOUTS), v.description('Where parity and data of a row lie.')),
    devices: v.pipe(v.array(Leg), v.minLength(3), v.maxLength(32)),
    sectors: v.optional(sectors('Capacity used of each device; the smallest device’s if absent')),
  }),
  memory('axonram'),
  memory('dcssblk'),
  disk('nbd'),
  disk('zram'),
  disk('aoe'),
  disk('rbd'),
  disk('floppy'),
  disk('umem'),
  disk('rsxx'),
  disk('ps3disk'),
  disk('ps3vram'),
  disk('xpram'),
  disk('scm_blk'),
  disk('lloop'),
  disk('target_file'),
  v.strictObject({ ...common, driver: v.literal('mmc'), sectors: sectors('Capacity'), dmaMask, dmaBug }),
  v.strictObject({
    ...common,
    driver: v.literal('dasd'),
    discipline: v.pipe(v.picklist(DISCIPLINES), v.description('How it is spoken to.')),
    sectors: sectors('Capacity'),
  }),
  v.strictObject({
    ...common,
    driver: v.literal('smp'),
    controller: v.pipe(v.picklist(SAS_CONTROLLERS), v.description('Whose expander it is.')),
    sectors: sectors('Room for requests and answers'),
  }),
  v.strictObject({
    ...above('drbd').entries,
    diskless: v.optional(
      v.pipe(v.boolean(), v.description('The disk below has failed: reads come from the peer.')),
    ),
    digest: v.optional(
      v.pipe(v.boolean(), v.description('data-integrity-alg: what is sent is hashed first.')),
    ),
  }),
  above('pktcdvd'),
]);
export type DeviceSpec = v.InferOutput<typeof DeviceSchema>;
export type DriverName = DeviceSpec['driver'];
