import type { Raid10Layout } from '../../model/device-spec';
import type { QueueSpec } from '../../model/queue-spec';
import { hex } from '../../model/address';
import type { DmLine } from '../dm-target';
import type { CaptureProblem } from '../problem';
import { withQueueFile } from '../sysfs-queue';
import { fieldsOf } from './driver-log';

export interface DiskFact {
  readonly number: string;
  readonly sectors: number;
}

export interface MdFact {
  readonly level: string;
  readonly legs: readonly string[];
  readonly chunk: number;
  readonly sectors: number;
  /** raid5: the number of its layout. raid10: its copies, and how they lie. */
  readonly algorithm?: number;
  readonly copies?: { readonly layout: Raid10Layout; readonly count: number };
}

/** What a trace's file, or the files beside it, say of the machine. */
export interface DeviceFacts {
  readonly disks: Map<string, DiskFact>;
  /** By the name somebody gave: "lin", not "dm-0". */
  readonly tables: Map<string, DmLine[]>;
  readonly md: Map<string, MdFact>;
  readonly queues: Map<string, QueueSpec>;
  readonly partitions: Map<string, { readonly start: number; readonly sectors: number }>;
}

export function noFacts(): DeviceFacts {
  return { disks: new Map(), tables: new Map(), md: new Map(), queues: new Map(), partitions: new Map() };
}

/** Reads /proc/partitions, dmsetup tables, /proc/mdstat, QLIM rows and rows of sysfs values, in any mixture. */
export function readDevices(
  lines: readonly string[],
  first: number,
  file: string,
  problems: CaptureProblem[],
  facts: DeviceFacts,
): void {
  let md: string | undefined;
  for (const [i, raw] of lines.entries()) {
    const text = raw.slice(0, 4096).trimEnd();
    const problem = (message: string) => problems.push({ file, line: first + i, message });
    if (text.startsWith('QLIM,')) readQueueRow(text, facts, problem);
    else md = readDeviceLine(text, facts, md);
    if (problems.length >= 20) return;
  }
}

function readDeviceLine(text: string, facts: DeviceFacts, md: string | undefined): string | undefined {
  const partition = /^\s*(\d{1,4})\s+(\d{1,7})\s+(\d{1,12}) (\S{1,32})$/.exec(text);
  if (partition) {
    const [, major, minor, blocks, name] = partition as unknown as [string, string, string, string, string];
    facts.disks.set(name, { number: `${major}:${minor}`, sectors: Number(blocks) * 2 });
    return undefined;
  }
  const modern = /^# (\d{1,4}),(\d{1,7}) (\S{1,32}) (\d{1,12})KiB$/.exec(text);
  if (modern) {
    facts.disks.set(modern[3]!, { number: `${modern[1]!}:${modern[2]!}`, sectors: Number(modern[4]) * 2 });
    return undefined;
  }
  const dm = /^(\S{1,64}): (\d{1,12}) (\d{1,12}) ([a-z][\w-]{0,31}) (.*)$/.exec(text);
  if (dm) {
    const table = facts.tables.get(dm[1]!) ?? [];
    table.push({
      start: Number(dm[2]),
      sectors: Number(dm[3]),
      type: dm[4]!,
      args: dm[5]!.trim().split(/\s+/),
    });
    facts.tables.set(dm[1]!, table);
    return undefined;
  }
  const array = /^(md\w{1,16}) : active (?:\([\w-]+\) )?(\w{1,16}) (.+)$/.exec(text);
  if (array) {
    facts.md.set(array[1]!, { level: array[2]!, legs: legsOf(array[3]!), chunk: 0, sectors: 0 });
    return array[1];
  }
  const blocks = /^ {6}(\d{1,12}) blocks\b/.exec(text);
  const known = md === undefined ? undefined : facts.md.get(md);
  if (blocks && md !== undefined && known) {
    const chunk = Number(/ (\d{1,6})[kK] chunks?\b/.exec(text)?.[1] ?? 0) * 2;
    const algorithm = / algorithm (\d) /.exec(text)?.[1];
    const copies = / (\d) (near|far|offset)-copies/.exec(text);
    facts.md.set(md, {
      ...known,
      chunk,
      sectors: Number(blocks[1]) * 2,
      ...(algorithm === undefined ? {} : { algorithm: Number(algorithm) }),
      ...(copies ? { copies: { layout: copies[2] as Raid10Layout, count: Number(copies[1]) } } : {}),
    });
    return undefined;
  }
  readSysfsRow(text, facts);
  return md;
}

/** "sdb[1] sda[0]": the members by their place in the array; what it says (F) of has been thrown out of it. */
function legsOf(text: string): string[] {
  return [...text.matchAll(/([\w-]{1,32})\[(\d{1,3})\](?!\(F\))/g)]
    .map(([, name, place]) => ({ name: name!, place: Number(place) }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name);
}

/** "sda nr_requests 128", "nvme0n1 max_sectors_kb 512", "sdb1 start 2048 size 32768 …". */
function readSysfsRow(text: string, facts: DeviceFacts): void {
  const row = /^(\S{1,32}) ([a-z]\w{2,40}) (.*)$/.exec(text);
  if (!row) return;
  const [, disk, name, value] = row as unknown as [string, string, string, string];
  const part = name === 'start' ? /^(\d{1,12}) size (\d{1,12})/.exec(value) : null;
  if (part) facts.partitions.set(disk, { start: Number(part[1]), sectors: Number(part[2]) });
  else {
    const before = facts.queues.get(disk) ?? {};
    const queue = withQueueFile(before, name, value);
    if (queue !== before) facts.queues.set(disk, queue);
  }
}

const NOMERGES = 1 << 8;
const NOXMERGES = 1 << 15;
const NO_SG_MERGE = 1 << 21;
const SG_GAPS = 1 << 22;
const PFN = 1 << 23;
/** No page bounces: BLK_BOUNCE_ANY. */
const BOUNCE_ANY = 0xfffffffffffff;

const UINT = 0xffffffff;

/** A QLIM row: make_request function, queue_flags, flush_flags and every limit of one queue of 4.1. */
export function readQueueRow(text: string, facts: DeviceFacts, problem: (message: string) => void): void {
  const head = /^QLIM,\/dev\/(\S{1,32}),(\d{1,4}:\d{1,7}),make_request=/.exec(text);
  const field = fieldsOf(text);
  const flags = parseInt(field['flags'] ?? '', 16);
  if (!head || Number.isNaN(flags) || field['max_hw_sectors'] === undefined) {
    problem('expected "QLIM,/dev/DISK,MAJ:MIN,make_request=…,flags=…,…,l{…}"');
    return;
  }
  const name = head[1]!;
  if (!facts.disks.has(name)) facts.disks.set(name, { number: head[2]!, sectors: 0 });
  const flush = parseInt(field['flush_flags'] ?? '0', 16);
  const uint = (key: string) => Math.min(Number(field[key] ?? 0) || 0, UINT);
  const bounce = parseInt(field['bounce_pfn'] ?? '', 16);
  const requests = uint('nr_requests');
  facts.queues.set(name, {
    ...facts.queues.get(name),
    ...(flags & PFN ? { pfn: true } : {}),
    limits: {
      max_hw_sectors: uint('max_hw_sectors'),
      max_sectors: uint('max_sectors'),
      chunk_sectors: uint('chunk_sectors'),
      max_segments: Math.min(uint('max_segs'), 65535),
      max_integrity_segments: Math.min(uint('max_isegs'), 65535),
      max_segment_size: uint('max_segment_size'),
      seg_boundary_mask: hex(parseInt(field['seg_boundary'] ?? '', 16) || UINT),
      ...(bounce >= 0 && bounce < BOUNCE_ANY ? { bounce_pfn: hex(bounce) } : {}),
      logical_block_size: uint('lbs'),
      physical_block_size: uint('pbs'),
      alignment_offset: uint('align'),
      io_min: uint('io_min'),
      io_opt: uint('io_opt'),
      max_discard_sectors: uint('max_discard'),
      max_write_same_sectors: uint('max_ws'),
      discard_granularity: uint('dgran'),
      discard_alignment: uint('dalign'),
      cluster: uint('cluster') === 0 ? 0 : 1,
    },
    writeCache: (flush & 0x2000) === 0 ? 'none' : flush & 0x1000 ? 'write-back-fua' : 'write-back',
    ...(requests > 0 && requests <= 65536 ? { nrRequests: requests } : {}),
    ...(flags & NOMERGES ? { nomerges: 2 } : flags & NOXMERGES ? { nomerges: 1 } : {}),
    ...(flags & SG_GAPS ? { sgGaps: true } : {}),
    ...(flags & NO_SG_MERGE ? { noSgMerge: true } : {}),
  });
}
