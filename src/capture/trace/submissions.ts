import type { IoFlag } from '../../model/workload-spec';
import { wasSubmitted, type DriverLog, type Sequence, type SequenceBio } from './driver-log';
import type { ProbedBio, TraceLine } from './ftrace';

export type Operation = 'read' | 'write' | 'discard';

/** A bio that came from above: from a program, a file system or the test driver, not from a driver of a stack. */
export interface Submission {
  /** Where in the lines it was submitted. For what was refused before any event: where the next one was. */
  readonly at: number;
  readonly task: string;
  /** "8,17": partitions have their own. */
  readonly device: string;
  readonly op: Operation;
  readonly sector: number;
  readonly sectors: number;
  readonly flags: readonly IoFlag[];
  /** All its vectors are the same page, as blkdev_issue_zeroout() does it. */
  readonly onePage?: boolean;
  readonly probed?: ProbedBio;
  readonly row?: { readonly sequence: Sequence; readonly bio: SequenceBio };
}

/** What the machine looks like to one who has to tell a bio of a driver from one from above. */
export interface Stacks {
  /** Numbers of the members of md arrays that were used: 4.1 gives their bios no remap event. */
  readonly members: ReadonlySet<string>;
  /** Numbers of the arrays that emit no block_bio_complete: those of 4.1. */
  readonly silent: ReadonlySet<string>;
  /** Numbers of the disks that have done a bio before they return, and in 4.1 do not say so. */
  readonly instant: ReadonlySet<string>;
  /** Numbers of the raid1 arrays. */
  readonly mirrors: ReadonlySet<string>;
  /** Disk by partition: "8,17" lies on "8,16". */
  readonly partitions: ReadonlyMap<string, string>;
  /** Number by name. */
  readonly numbers: ReadonlyMap<string, string>;
}

/** md's own threads: what they submit without a remap is the array's superblock. */
export const MD_THREAD = /^md\w+_raid\d+-/;

/**
 * The submissions of a trace. A bio a stacked driver made is announced by a block_bio_remap to its place, except those
 * of md in 4.1, which go to the array's members. Where a probe printed the bios, it is believed: what it shows is a clone
 * if a remap announces it, and the rest of a split if a block_split does.
 */
export function submissionsOf(
  lines: readonly TraceLine[],
  log: DriverLog,
  stacks: Stacks,
): Submission[] | string {
  const found: Submission[] = [];
  const rows = log.sequences.flatMap((sequence) => sequence.bios.map((bio) => ({ sequence, bio })));
  const unknown = log.sequences.find(({ rw }) => !Object.hasOwn(ROW_FLAGS, rw));
  if (unknown) return `no model of rw=${unknown.rw}`;
  const expected = new Map<string, { device: string; sector: number }>();
  const remaps = new Remaps(stacks.partitions);
  const splits = new Map<string, { device: string; sector: number }>();
  const operations = new Map<string, string>();
  const probed = lines.some(({ bio }) => bio);
  const fromRow = (row: (typeof rows)[number], at: number, task: string): Submission => ({
    at,
    task,
    device: stacks.numbers.get(row.sequence.device) ?? row.sequence.device,
    op: row.sequence.rw === 'r' ? 'read' : 'write',
    sector: row.bio.sector,
    sectors: row.bio.sectors,
    flags: ROW_FLAGS[row.sequence.rw] ?? [],
    row,
  });

  for (const [at, { task, block, bio, mark }] of lines.entries()) {
    if (mark?.startsWith('submit ')) {
      for (let row = rows.shift(); row; row = rows.shift()) {
        found.push(fromRow(row, at, task));
        if (wasSubmitted(row.bio)) break;
      }
      const last = found.at(-1);
      if (last) expected.set(task, last);
    } else if (mark?.startsWith('blkop ')) operations.set(task, mark.split(' ')[1] ?? '');
    else if (bio && !MD_THREAD.test(task)) {
      const split = splits.get(task);
      const rest = split?.device === bio.device && split.sector === bio.sector;
      splits.delete(task);
      if (rest || remaps.take(bio.device, bio.sector, bio.size >>> 9) !== undefined) continue;
      if ((bio.opf & 0xff) === WRITE_ZEROES) continue;
      const decoded = decodeOpf(bio.opf);
      if (typeof decoded === 'string') return decoded;
      found.push({
        at,
        task,
        device: bio.device,
        sector: bio.sector,
        sectors: bio.size >>> 9,
        ...decoded,
        probed: bio,
      });
    } else if (block?.name === 'block_split')
      splits.set(task, { device: block.device, sector: Number(block.other) });
    else if (block?.name === 'block_bio_remap') remaps.add(block);
    else if (block?.name === 'block_bio_queue' && !probed) {
      const { device, sector, sectors } = block;
      const origin = remaps.take(device, Number(sector), sectors);
      if (origin === INSIDE || (origin === undefined && stacks.members.has(device))) continue;
      const place = origin ?? { device, sector: Number(sector) };
      const own = expected.get(task);
      if (own?.device === place.device && own.sector === place.sector) {
        expected.delete(task);
        continue;
      }
      const operation = operations.get(task);
      const tooLong = operation?.startsWith('zero') && sectors > MAX_BIO_SECTORS;
      if (operation === 'ws' || operation === 'secure' || tooLong)
        return `no model of ${operation === 'secure' ? 'secure discards' : 'WRITE SAME'}`;
      const { op, flags } = readRwbs(block.rwbs);
      found.push({
        at,
        task,
        ...place,
        sectors,
        flags,
        op: operation === 'discard' ? 'discard' : op,
        ...(operation?.startsWith('zero') ? { onePage: true } : {}),
      });
    }
  }
  for (const row of rows) found.push(fromRow(row, lines.length, 'init'));
  return found;
}

/** What `rw` of a SEQ row sets besides the direction. */
const ROW_FLAGS: Readonly<Record<string, readonly IoFlag[]>> = {
  r: [],
  w: [],
  wf: ['sync', 'noidle', 'flush'],
  wfua: ['sync', 'noidle', 'fua'],
  wffua: ['sync', 'noidle', 'flush', 'fua'],
};

/** The flags column of 4.1: an F before the operation is a flush, one after it is FUA. */
function readRwbs(rwbs: string): { op: Operation; flags: IoFlag[] } {
  const [, flush, op, fua, ahead, sync, meta] = /^(F?)([WDRN])(F?)(A?)(S?)(M?)/.exec(rwbs) ?? [];
  const flags: IoFlag[] = [];
  if (sync) flags.push('sync');
  if (meta) flags.push('meta');
  if (ahead) flags.push('rahead');
  if (flush) flags.push('flush');
  if (fua) flags.push('fua');
  return { op: op === 'W' ? 'write' : op === 'D' ? 'discard' : 'read', flags };
}

/** bi_opf of 5.x to 6.12: the operation in the low byte, flags from bit 8 on. */
const OPF_FLAGS: readonly (readonly [number, IoFlag])[] = [
  [11, 'sync'],
  [12, 'meta'],
  [13, 'prio'],
  [17, 'fua'],
  [18, 'flush'],
  [19, 'rahead'],
];
/** What 256 pages hold; only a WRITE SAME can be longer. */
const MAX_BIO_SECTORS = 2048;
/** Not modelled; its events print as N, and are left out. */
const WRITE_ZEROES = 9;
const OPERATIONS: readonly (Operation | undefined)[] = ['read', 'write', undefined, 'discard'];

function decodeOpf(opf: number): { op: Operation; flags: IoFlag[] } | string {
  const op = OPERATIONS[opf & 0xff];
  if (op === undefined) return `no model of the operation ${opf & 0xff}`;
  return { op, flags: OPF_FLAGS.filter(([bit]) => opf & (1 << bit)).map(([, flag]) => flag) };
}

/** Made by a driver, not by the remap of a partition. */
const INSIDE = Symbol('inside');

/** The remaps that still wait for their bio. */
class Remaps {
  private readonly waiting: {
    device: string;
    sector: number;
    sectors: number;
    origin: { device: string; sector: number } | typeof INSIDE;
  }[] = [];

  constructor(private readonly partitions: ReadonlyMap<string, string>) {}

  add(event: { device: string; sector: string; sectors: number; from: string; other: string }): void {
    const { device, sectors, from } = event;
    const above = Number(event.other);
    const isPartition = this.partitions.get(from) === device;
    const origin = isPartition
      ? (this.take(from, above, sectors) ?? { device: from, sector: above })
      : INSIDE;
    this.waiting.push({ device, sector: Number(event.sector), sectors, origin });
  }

  take(device: string, sector: number, sectors: number) {
    const at = this.waiting.findIndex(
      (w) => w.device === device && w.sector === sector && w.sectors === sectors,
    );
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0]!.origin;
  }
}
