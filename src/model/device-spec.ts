import * as v from 'valibot';
import { DMA_BUGS } from './dma-spec';
import { Hex, count } from './memory-facts';

export const Name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_.-]*$/i, 'expected a device name, such as "pmem0"'),
);

const Number_ = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}:\d{1,7}$/, 'expected major:minor, such as "8:16"'),
  v.description('Device number as traces print it, "major:minor". One that fits the driver if absent.'),
);

const MAX_SECTORS = 2 ** 41;
const sectors = (what: string) => count(`${what} in sectors of 512 bytes.`, MAX_SECTORS);
const unsigned = count('An unsigned int of the kernel.', 0xffffffff);

/** Fields of `struct queue_limits` a spec may set, by their kernel names; what it leaves out is the driver's default. */
export const LimitsSchema = v.partial(
  v.strictObject({
    max_hw_sectors: unsigned,
    max_sectors: unsigned,
    chunk_sectors: unsigned,
    max_segments: count('Segments in one request.', 65535),
    max_integrity_segments: count('Integrity segments in one request.', 65535),
    max_segment_size: unsigned,
    seg_boundary_mask: v.pipe(Hex, v.description('One less than a power of two.')),
    virt_boundary_mask: v.pipe(Hex, v.description('One less than a power of two, or 0x0 (since 4.3).')),
    bounce_pfn: v.pipe(Hex, v.description('Pages above this page frame bounce.')),
    logical_block_size: unsigned,
    physical_block_size: unsigned,
    alignment_offset: unsigned,
    io_min: unsigned,
    io_opt: unsigned,
    max_discard_sectors: unsigned,
    max_write_same_sectors: unsigned,
    discard_granularity: unsigned,
    discard_alignment: unsigned,
    dma_alignment: unsigned,
    cluster: count('0 or 1: whether neighbours in memory may be one segment.', 1),
  }),
);

export const WRITE_CACHES = ['none', 'write-back', 'write-back-fua'] as const;
/** `deadline` is mq-deadline in 6.12. */
export const SCHEDULERS = ['none', 'noop', 'deadline'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

const Queue = v.strictObject({
  pfn: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'QUEUE_FLAG_PFN: the driver promises to handle bios without struct pages. No driver of the series sets it.',
      ),
    ),
  ),
  limits: v.optional(LimitsSchema),
  writeCache: v.optional(
    v.pipe(
      v.picklist(WRITE_CACHES),
      v.description('A volatile cache: FLUSH means something; "write-back-fua": so does FUA.'),
    ),
  ),
  scheduler: v.optional(v.pipe(v.picklist(SCHEDULERS), v.description('For request-based disks.'))),
  nrRequests: v.optional(v.pipe(count('Requests that may exist at once.', 65536), v.minValue(1))),
  depth: v.optional(v.pipe(count('Requests the device takes at once.', 65536), v.minValue(1))),
  nomerges: v.optional(count('As in sysfs: 1 no hash search, 2 no merge at all.', 2)),
  sgGaps: v.optional(v.pipe(v.boolean(), v.description('QUEUE_FLAG_SG_GAPS of 4.1.'))),
  noSgMerge: v.optional(v.pipe(v.boolean(), v.description('QUEUE_FLAG_NO_SG_MERGE of 4.1.'))),
});
export type QueueSpec = v.InferOutput<typeof Queue>;

const Partition = v.strictObject({
  name: Name,
  number: v.optional(Number_),
  start: sectors('Start of the partition'),
  sectors: sectors('Its size'),
});

const common = {
  name: Name,
  number: v.optional(Number_),
  queue: v.optional(Queue),
  partitions: v.optional(v.pipe(v.array(Partition), v.maxLength(256))),
};

const dmaMask = v.optional(
  v.pipe(
    Hex,
    v.description('Highest bus address the device can send, such as "0xffffffff"; 64 bits if absent.'),
  ),
);

const dmaBug = v.optional(
  v.pipe(v.picklist(DMA_BUGS), v.description('What its driver does wrong when a request is done.')),
);

const Leg = v.strictObject({
  device: v.pipe(Name, v.description('A disk or partition of this machine.')),
  offset: v.optional(sectors('Where it starts on that device')),
  failed: v.optional(v.pipe(v.boolean(), v.description('raid1: it has failed before and takes no part.'))),
});

/** How dm-crypt encrypts: cipher, chaining mode and what the IV is made of, as a table has it. */
export const CIPHERS = ['aes-xts-plain64', 'aes-cbc-essiv:sha256'] as const;

const placed = {
  start: sectors('Start in the mapped device'),
  sectors: sectors('Length'),
};
const below = { device: Name, offset: v.optional(sectors('Start on the device below')) };

const TargetSchema = v.variant('type', [
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

/** How a tier treats writes, and who decides what it keeps. */
export const TIER_MODES = ['write-back', 'write-through', 'write-around', 'pass-through'] as const;
export type TierMode = (typeof TIER_MODES)[number];
export const TIER_POLICIES = ['lru', 'mq', 'smq', 'arc'] as const;
export type TierPolicyName = (typeof TIER_POLICIES)[number];
/** How its data gets from persistent memory to the slow disk. */
export const TIER_MOVES = ['copy', 'pages', 'pfn'] as const;
export type TierMove = (typeof TIER_MOVES)[number];

const percent = (what: string) => v.optional(v.pipe(count(what, 100)));

const cacheBelow = {
  cache: v.pipe(Name, v.description('The fast disk.')),
  origin: v.pipe(Name, v.description('The slow disk, or the top of a stack.')),
};

const CACHES = [
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('tier'),
    cache: v.pipe(Name, v.description('A pmem disk: its memory is the cache.')),
    mode: v.optional(v.pipe(v.picklist(TIER_MODES), v.description('write-back if absent.'))),
    policy: v.optional(v.pipe(v.picklist(TIER_POLICIES), v.description('lru if absent.'))),
    move: v.optional(
      v.pipe(
        v.picklist(TIER_MOVES),
        v.description(
          'How data gets to the slow disk: "copy" through DRAM pages (if absent), "pages" straight from pmem that has struct pages, "pfn" straight from pmem without any (the series).',
        ),
      ),
    ),
    block: v.optional(v.pipe(sectors('Its block, a power of two from 8 on; 8 if absent'))),
    slots: v.optional(v.pipe(count('Blocks it may keep; all that fit if absent.', 2 ** 32), v.minValue(1))),
    sequentialCutoff: v.optional(
      count('Bytes in a row from which on a stream goes around; 0: none.', 2 ** 40),
    ),
    congestion: v.optional(
      count('Blocks on their way to the slow disk from which on nothing is promoted; 0: never.', 65536),
    ),
    dirtyHigh: percent('Dirty slots in percent at which writeback begins; 50 if absent.'),
    dirtyLow: percent('Where it ends; 40 if absent.'),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('bcache'),
    mode: v.optional(
      v.pipe(
        v.picklist(['writethrough', 'writeback', 'writearound', 'none']),
        v.description('writethrough if absent.'),
      ),
    ),
    bucket: v.optional(v.pipe(sectors('A bucket'), v.minValue(8))),
    sequentialCutoff: v.optional(count('Bytes; 4 MiB if absent, 0 is off.', 2 ** 40)),
    readahead: v.optional(
      v.pipe(v.picklist(['all', 'meta-only']), v.description('readahead_cache_policy; all if absent.')),
    ),
    /** What a capture cannot be asked to wait for. */
    inUse: percent('Percent of the buckets that are taken to be in use from the start.'),
    congested: v.optional(
      count(
        'Sectors from which on a bio is not cached, as if the cache device were busy; 0: never.',
        2 ** 20,
      ),
    ),
    detaching: v.optional(v.pipe(v.boolean(), v.description('It is being detached.'))),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('dm-writecache'),
    kind: v.optional(v.pipe(v.picklist(['p', 's']), v.description('p: pmem (if absent); s: an SSD.'))),
    block: v.optional(sectors('Its block; 8 if absent')),
    highWatermark: percent('50 if absent.'),
    lowWatermark: percent('45 if absent.'),
    autocommitBlocks: v.optional(v.pipe(count('64 for p, 65536 for s.', 2 ** 31), v.minValue(1))),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('dm-cache'),
    mode: v.optional(
      v.pipe(v.picklist(['writeback', 'writethrough', 'passthrough']), v.description('writeback if absent.')),
    ),
    policy: v.optional(v.pipe(v.picklist(['smq', 'cleaner']), v.description('smq if absent.'))),
    block: v.optional(sectors('Its block, a multiple of 64; 128 if absent')),
  }),
] as const;

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
export type DmTarget = v.InferOutput<typeof TargetSchema>;
export type DriverName = DeviceSpec['driver'];

/** Names of the devices that a target lies on, those of its data first. */
function devicesOf(target: DmTarget): string[] {
  switch (target.type) {
    case 'striped':
      return target.stripes.map((leg) => leg.device);
    case 'mirror':
      return target.legs.map((leg) => leg.device);
    case 'verity':
      return [target.device, target.hashDevice];
    case 'log-writes':
      return [target.device, target.log];
    default:
      return [target.device];
  }
}

/** Names of the devices that one lies on, in the order its own description lists them. */
export function devicesBelow(device: DeviceSpec): string[] {
  switch (device.driver) {
    case 'dm':
      return device.targets.flatMap(devicesOf);
    case 'raid0':
    case 'raid1':
    case 'raid10':
    case 'raid5':
      return device.devices.map((leg) => leg.device);
    case 'tier':
    case 'bcache':
    case 'dm-writecache':
    case 'dm-cache':
      return [device.cache, device.origin];
    case 'drbd':
    case 'pktcdvd':
      return [device.device];
    case 'loop':
      return device.backing === undefined ? [] : [device.backing];
    default:
      return [];
  }
}
