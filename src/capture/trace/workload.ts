import { hex } from '../../model/address';
import type { Io } from '../../model/workload-spec';
import type { SequenceEnd } from './driver-log';
import type { TraceLine } from './ftrace';
import type { Stacks, Submission } from './submissions';

export interface Workload {
  readonly ios: Io[];
  /** How the driver's own log says that an I/O ended, by its place in `ios`. */
  readonly ends: ReadonlyMap<number, SequenceEnd>;
}

/**
 * Puts submissions into batches: what one task submits before it waits.
 *
 * - The list of one SEQ row is a batch; the row says whether it was plugged.
 * - For others, a task held a plug where the trace shows it: a block_plug with no block_unplug yet, or one that its own
 *   request caused. Since 6.8 `__submit_bio` opens a plug of its own around every bio, so that there a block_plug
 *   counts only if something else of the task comes before the block_unplug.
 * - A block_unplug ends the batch, except the one of a full plug, which is followed by a block_plug at once.
 * - So does a completion of everything the task had submitted: it has waited.
 */
export function workloadOf(
  submissions: readonly Submission[],
  lines: readonly TraceLine[],
  nameOf: (number: string) => string,
  stacks: Stacks,
  ownPlugs: boolean,
): Workload {
  const ios: Io[] = [];
  const ends = new Map<number, SequenceEnd>();
  const plugs = new Plugs(lines, stacks, ownPlugs);
  const open = new Map<
    string,
    { key: number; ios: Io[]; plug: boolean; last: Submission; sequence: unknown }
  >();
  const batches: { ios: Io[]; submissions: Submission[] }[] = [];
  for (const [place, submission] of submissions.entries()) {
    const sequence = submission.row?.sequence;
    const before = open.get(submission.task);
    const next = submissions.slice(place + 1).find(({ task }) => task === submission.task);
    const plug = sequence ? sequence.plug : plugs.held(submission, next?.at ?? lines.length);
    const same =
      before !== undefined &&
      before.sequence === sequence &&
      (sequence !== undefined ||
        (before.plug === plug &&
          !waited(before.last, submission, lines, stacks) &&
          !plugs.ended(before.last, submission)));
    if (!same) batches.push({ ios: [], submissions: [] });
    const key = same ? before.key : batches.length - 1;
    const io = ioOf(submission, nameOf, key, plug);
    const batch = batches[key]!;
    batch.ios.push(io);
    batch.submissions.push(submission);
    open.set(submission.task, { key, ios: batch.ios, plug, last: submission, sequence });
  }
  for (const batch of batches) {
    for (const [i, io] of batch.ios.entries()) {
      const end = batch.submissions[i]!.row?.bio.end;
      if (end) ends.set(ios.length, end);
      ios.push(io);
    }
  }
  return { ios, ends };
}

/** Whether the task's last bio was seen complete before it submitted the next one. */
function waited(last: Submission, next: Submission, lines: readonly TraceLine[], stacks: Stacks): boolean {
  if (stacks.instant.has(last.device)) return true;
  if (stacks.silent.has(last.device)) return membersAreDone(lines.slice(last.at, next.at), stacks);
  let there = last.device;
  let [from, to] = [last.sector, last.sector + last.sectors];
  for (let i = last.at; i < next.at; i++) {
    const block = lines[i]!.block;
    if (!block) continue;
    // A partition's bios complete on its disk.
    if (block.name === 'block_bio_remap' && block.from === there && Number(block.other) === from) {
      if (i - last.at > 3) continue;
      there = block.device;
      [from, to] = [Number(block.sector), Number(block.sector) + last.sectors];
    }
    if (!/_complete$/.test(block.name) || block.device !== there) continue;
    const sector = Number(block.sector);
    const covers = sector <= from && sector + block.sectors >= to;
    if (covers || (last.sectors === 0 && block.sectors === 0)) return true;
  }
  return false;
}

/** md of 4.1 says of no bio that it is complete: its members were asked, and the last that one of them said is an end. */
function membersAreDone(lines: readonly TraceLine[], { members }: Stacks): boolean {
  const said = lines.filter(({ block }) => block && members.has(block.device));
  const bioBased = !said.some(({ name }) => name === 'block_getrq');
  return said.length > 0 && (bioBased || said.at(-1)!.name === 'block_rq_complete');
}

class Plugs {
  constructor(
    private readonly lines: readonly TraceLine[],
    private readonly stacks: Stacks,
    private readonly ownPlugs: boolean,
  ) {}

  /** Whether the task held a plug when it submitted; `until`: where it submitted the next one. */
  held({ at, task, device, op }: Submission, until: number): boolean {
    if (!this.ownPlugs && op === 'write' && this.stacks.mirrors.has(device)) return this.mirrored(at, task);
    for (let i = at - 1; i >= 0; i--) {
      const { task: other, name } = this.lines[i]!;
      if (other !== task || !name.endsWith('plug')) continue;
      if (name === 'block_plug') return true;
      break;
    }
    return this.opened(at, task, until);
  }

  /** raid1 of 4.1 leaves writes to its thread, except those under a plug: the task sends them when it unplugs. */
  private mirrored(at: number, task: string): boolean {
    const toMember = this.lines
      .slice(at)
      .find(({ block }) => block?.name === 'block_bio_queue' && this.stacks.members.has(block.device));
    return toMember?.task === task;
  }

  /** Whether one of its own requests was the first of a plug. */
  private opened(at: number, task: string, until: number): boolean {
    let plugged = false;
    for (let i = at + 1; i < this.lines.length; i++) {
      const { task: other, name } = this.lines[i]!;
      if (other !== task) continue;
      if (plugged && name !== 'block_unplug') return true;
      if (i >= until) return false;
      plugged = name === 'block_plug';
      if (plugged && !this.ownPlugs) return true;
    }
    return false;
  }

  /** Whether the plug was emptied between the two, for another reason than that it was full. */
  ended(last: Submission, next: Submission): boolean {
    for (let i = last.at; i < next.at; i++) {
      const { task, name } = this.lines[i]!;
      if (task !== last.task || name !== 'block_unplug') continue;
      const after = this.lines
        .slice(i + 1)
        .find((l) => l.task === task && /plug$|getrq$|queue$|^bv$/.test(l.name));
      if (after?.name !== 'block_plug') return true;
    }
    return false;
  }
}

/** Where the pages of bios lie of which nothing is known: in RAM, above 16 MiB, no two of them neighbours. */
const SOMEWHERE = 0x10000;
const PAGE = 4096;

const ADD: Readonly<Record<string, Io['add']>> = {
  page: 'bio_add_page',
  raw: 'raw',
  pfn: 'bio_add_pfn',
  pfnforce: 'by-hand',
};

function ioOf(submission: Submission, nameOf: (number: string) => string, batch: number, plug: boolean): Io {
  const { op, device, sector, sectors, flags, row } = submission;
  return {
    op,
    device: nameOf(device),
    sector,
    ...(op === 'discard' ? { sectors } : {}),
    ...(flags.length > 0 ? { flags: [...flags] } : {}),
    add: row ? (ADD[row.sequence.how] ?? 'bio_add_page') : 'bio_add_page',
    vecs: op === 'discard' ? [] : vecsOf(submission),
    ...(row?.bio.partly ? { partly: true } : {}),
    batch,
    plug,
  };
}

function vecsOf({ sectors, probed, row, onePage }: Submission): Io['vecs'] {
  if (probed) return probedVecs(probed);
  const bytes = sectors * 512;
  const fixed = row?.sequence.pfn ?? 0;
  return Array.from({ length: Math.min(Math.ceil(bytes / PAGE), 256) }, (_, i) => ({
    pfn: hex(fixed > 0 ? fixed + i : SOMEWHERE + (onePage ? 0 : 2 * i)),
    offset: 0,
    len: Math.min(PAGE, bytes - i * PAGE),
  }));
}

/** The vectors the probe printed, and for those past its sixteenth as many as there were, of the length that is missing. */
function probedVecs(bio: NonNullable<Submission['probed']>): Io['vecs'] {
  const vecs: Io['vecs'] = [];
  let left = bio.size;
  for (let i = bio.idx; left > 0 && i < bio.idx + 256; i++) {
    const known = bio.vecs.get(i);
    const others = Math.max(0, bio.vcnt - i - 1);
    const len = Math.min(left, known?.len ?? Math.max(PAGE, roundUp(left - others * PAGE)));
    const pfn = known?.pfn ?? SOMEWHERE + 64 * i;
    vecs.push({ pfn: hex(Math.max(0, pfn)), offset: (known?.offset ?? 0) % PAGE, len });
    left -= len;
  }
  return vecs;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
