import type { CaptureProblem } from '../problem';

/** A list of bios the test driver of the 2015 guests submitted one after another, and then waited for. */
export interface Sequence {
  readonly line: number;
  /** "sda", "sdb1". */
  readonly device: string;
  readonly rw: string;
  readonly plug: boolean;
  readonly how: string;
  /** First page frame of each bio; 0: pages of RAM. */
  readonly pfn: number;
  /** queue_flags of the device at that moment. */
  readonly queueFlags: number;
  readonly bios: SequenceBio[];
}

export interface SequenceBio {
  readonly sector: number;
  readonly sectors: number;
  /** A queue took only a part of it, which was submitted. */
  readonly partly?: boolean;
  /** How it ended, if a SEQEND row says so. An error of 2 means: it was never submitted. */
  end?: SequenceEnd;
}

export interface SequenceEnd {
  readonly line: number;
  readonly error: number;
  readonly flags: number;
  /** "sector/size/idx/done". */
  readonly iter: string;
}

export interface DriverLog {
  readonly sequences: Sequence[];
  /** Names of the disks on which QUEUE_FLAG_PFN was set before anything was submitted. */
  readonly pfnDisks: Set<string>;
  /** bounce_pfn by disk, where a row changed it. */
  readonly bounce: Map<string, number>;
  /** QLIM rows in the log, for `readQueueRow`. */
  readonly queueRows: { readonly line: number; readonly text: string }[];
}

const NOT_SUBMITTED = 2;

/** Whether the bio got as far as submit_bio(). */
export function wasSubmitted(bio: SequenceBio): boolean {
  return bio.end?.error !== NOT_SUBMITTED;
}

/** `a=1,b=2` as a record; rows of the driver log are made of such fields. */
export function fieldsOf(row: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [, name, value] of row.matchAll(/(\w{1,32})=([^,{}]{0,64})/g)) fields[name!] = value!;
  return fields;
}

/** Reads the rows under `# driver log:`. */
export function readDriverLog(
  lines: readonly string[],
  first: number,
  file: string,
  problems: CaptureProblem[],
): DriverLog {
  const log: DriverLog = { sequences: [], pfnDisks: new Set(), bounce: new Map(), queueRows: [] };
  for (const [i, text] of lines.entries()) {
    const line = first + i;
    const problem = (message: string) => problems.push({ file, line, message });
    if (problems.length >= 20) break;
    const [kind, device = ''] = text.slice(0, 4096).split(',', 2) as [string, string?];
    const field = fieldsOf(text.slice(0, 4096));
    const name = device.replace(/^\/dev\//, '');
    if (kind === 'SEQ') readSequence(log, text, line, name, field, problem);
    else if (kind === 'SEQBIO') {
      const [sector, sectors] = [Number(field['sector']), Number(field['sectors'])];
      const sequence = log.sequences.at(-1);
      if (!sequence) problem('a SEQBIO row before any SEQ row');
      else if (!Number.isSafeInteger(sector) || !(sectors >= 0 && sectors <= 65536))
        problem('expected sector= and sectors= of the bio');
      else {
        const added = Number(field['added_bytes'] ?? NaN) / 512;
        const part = Number.isInteger(added) && added > 0 && added < sectors;
        sequence.bios.push({ sector, sectors, ...(part ? { partly: true } : {}) });
      }
    } else if (kind === 'SEQEND') readEnd(log, line, field, problem);
    else if (kind === 'QFLAG') {
      if (log.sequences.length === 0 && field['PFN'] === '1') log.pfnDisks.add(name);
    } else if (kind === 'QBOUNCE') log.bounce.set(name, parseInt(field['bounce_pfn'] ?? '', 16) || 0);
    else if (kind === 'QLIM') log.queueRows.push({ line, text });
  }
  return log;
}

function readSequence(
  log: DriverLog,
  text: string,
  line: number,
  device: string,
  field: Readonly<Record<string, string>>,
  problem: (message: string) => void,
): void {
  const flags = parseInt(/flags=([0-9a-f]{1,8})\}/.exec(text)?.[1] ?? '', 16);
  const { rw, plug, how, pfn } = field;
  // The device could not be opened: nothing was submitted.
  if (field['open'] !== undefined) return;
  if (
    !/^[a-z]{1,8}$/.test(rw ?? '') ||
    !/^(?:page|raw|pfn|pfnforce)$/.test(how ?? '') ||
    Number.isNaN(flags)
  ) {
    problem('expected "SEQ,/dev/DISK,MAJ:MIN,rw=…,plug=…,how=…,pfn=…,q{…,flags=…}"');
    return;
  }
  log.sequences.push({
    line,
    device,
    rw: rw!,
    how: how!,
    plug: plug === '1',
    pfn: parseInt(pfn ?? '0', 16) || 0,
    queueFlags: flags,
    bios: [],
  });
}

function readEnd(
  log: DriverLog,
  line: number,
  field: Readonly<Record<string, string>>,
  problem: (message: string) => void,
): void {
  const bio = log.sequences.at(-1)?.bios[Number(field['id'])];
  const [error, flags] = [Number(field['err']), parseInt(field['flags'] ?? '', 16)];
  if (!bio) problem('a SEQEND row for a bio that no SEQBIO row has');
  else if (!Number.isInteger(error) || Number.isNaN(flags) || !/^\d+(?:\/\d+){3}$/.test(field['iter'] ?? ''))
    problem('expected err=, flags= and iter=SECTOR/SIZE/IDX/DONE');
  else bio.end = { line, error, flags, iter: field['iter']! };
}
