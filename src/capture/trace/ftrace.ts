import type { BlockEvent } from '../../model/print/block-event';
import type { CaptureProblem } from '../problem';

/** A bio as a kprobe on submit_bio_noacct printed it. */
export interface ProbedBio {
  /** Its address: a name for as long as it lives. */
  readonly bio: string;
  /** "8,16". */
  readonly device: string;
  readonly opf: number;
  readonly sector: number;
  readonly size: number;
  readonly idx: number;
  readonly done: number;
  readonly vcnt: number;
  /** By their index; the probe kept the first 16 only. */
  readonly vecs: ReadonlyMap<number, { readonly pfn: number; readonly len: number; readonly offset: number }>;
}

/** One line of a trace: who, and what. What is neither a block event, a probed bio nor a mark has its name only. */
export interface TraceLine {
  readonly line: number;
  /** "iot-438": the task with its pid. */
  readonly task: string;
  readonly name: string;
  readonly block?: BlockEvent;
  readonly bio?: ProbedBio;
  /** Text of a mark (`trace_printk`). */
  readonly mark?: string;
}

const LINE =
  /^\s*(.{1,40}?)-(\d{1,8})\s+(?:\(\s*[-\d]+\)\s+)?\[\d{1,4}\]\s+(?:[.a-zA-Z0-9]{4,5}\s+)?(\d{1,9}\.\d{1,9}): ([\w:]{1,60}): (.*)$/;
const DEV = String.raw`(\d{1,4},\d{1,7})`;
const REMAP = new RegExp(`^${DEV} (\\S{1,8}) (\\d+) \\+ (\\d+) <- \\(${DEV}\\) (\\d+)(?: \\d+)?$`);
const SPLIT = new RegExp(`^${DEV} (\\S{1,8}) (\\d+) / (\\d+) \\[.*\\]$`);
const RANGE = new RegExp(
  `^${DEV} (\\S{1,8}) (?:\\d+ )?(?:\\([^)]*\\) )?(\\d+) \\+ (\\d+)(?: \\S+,\\d+,\\d+)? \\[(.*)\\]$`,
);
/** Events of the page cache: named block_, but no bio and no request. */
const OF_BUFFERS = /^block_(?:touch|dirty)_buffer$/;
const MARK = /^k2015 (.+)$/;
const LONGEST = 65536;

/** The vmemmap of a kernel booted with nokaslr and four page-table levels, and the size of a struct page. */
const VMEMMAP = 0xffffea0000000000n;
const STRUCT_PAGE = 64n;

/** Reads the text of /sys/kernel/debug/tracing/trace. `first` is the number of its first line. */
export function readFtrace(
  lines: readonly string[],
  first: number,
  file: string,
  problems: CaptureProblem[],
): TraceLine[] {
  const found: TraceLine[] = [];
  for (const [i, text] of lines.entries()) {
    const line = first + i;
    if (text.trim() === '' || /^\s*#/.test(text)) continue;
    const match = text.length > LONGEST ? null : LINE.exec(text);
    if (!match) {
      problems.push({
        file,
        line,
        message: 'expected "TASK-PID [CPU] FLAGS SECONDS: EVENT: …", as /sys/kernel/tracing/trace prints it',
      });
      if (problems.length >= 20) break;
      continue;
    }
    const [, comm, pid, time, event, rest] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const name = event.replace(/^block:/, '');
    const about = { line, task: `${comm}-${pid}`, name };
    const read = readEvent(name, rest, Number(time) * 1e9);
    if (read === undefined) {
      problems.push({
        file,
        line,
        message: `${name}: its arguments are not as a kernel prints them: "${rest.slice(0, 80)}"`,
      });
      if (problems.length >= 20) break;
    } else found.push({ ...about, ...read });
  }
  return found;
}

function readEvent(name: string, text: string, time: number): Partial<TraceLine> | undefined {
  const mark = MARK.exec(text);
  if (mark) return { mark: mark[1]! };
  if (name === 'bv') {
    const bio = readProbe(text);
    return bio && { bio };
  }
  if (!name.startsWith('block_') || OF_BUFFERS.test(name)) return {};
  const block = readBlock(name, text, time);
  return block && { block };
}

function readBlock(name: string, text: string, time: number): BlockEvent | undefined {
  const none = {
    name,
    time,
    device: '',
    rwbs: '',
    sector: '',
    sectors: 0,
    error: 0,
    from: '',
    other: '',
    count: 0,
  };
  if (name === 'block_plug') return none;
  if (name === 'block_unplug') {
    const count = /\] (\d{1,9})$/.exec(text);
    return count ? { ...none, count: Number(count[1]) } : undefined;
  }
  const special = name === 'block_split' ? SPLIT.exec(text) : REMAP.exec(text);
  if (special && name === 'block_split') {
    const [, device, rwbs, sector, other] = special as unknown as [string, string, string, string, string];
    return { ...none, device, rwbs, sector, other };
  }
  if (special && /_remap$/.test(name)) {
    const [, device, rwbs, sector, sectors, from, other] = special as unknown as string[];
    return {
      ...none,
      device: device!,
      rwbs: rwbs!,
      sector: sector!,
      sectors: Number(sectors),
      from: from!,
      other: other!,
    };
  }
  const range = RANGE.exec(text);
  if (!range) return undefined;
  const [, device, rwbs, sector, sectors, last] = range as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const ends = /_complete$|_requeue$|_error$/.test(name);
  if (ends && !/^-?\d{1,9}$/.test(last)) return undefined;
  return { ...none, device, rwbs, sector, sectors: Number(sectors), error: ends ? Number(last) : 0 };
}

const PROBE =
  /bio=(0x[0-9a-f]{1,16}) dev=0x([0-9a-f]{1,8}) opf=0x([0-9a-f]{1,8}) sector=(\d{1,16}) size=(\d{1,10}) idx=(\d{1,6}) done=(\d{1,10}) vcnt=(\d{1,6}) vec=0x[0-9a-f]{1,16}(.*)$/;
const VEC = /bv(\d{1,3})=\[(0x[0-9a-f]{1,16}),(\d{1,10}),(\d{1,10})\]/g;

function readProbe(text: string): ProbedBio | undefined {
  const match = PROBE.exec(text);
  if (!match) return undefined;
  const dev = parseInt(match[2]!, 16);
  const vecs = [...match[9]!.matchAll(VEC)].map(([, index, page, len, offset]) => {
    const pfn = Number((BigInt(page!) - VMEMMAP) / STRUCT_PAGE);
    return [Number(index), { pfn, len: Number(len), offset: Number(offset) }] as const;
  });
  return {
    bio: match[1]!,
    device: `${dev >>> 20},${dev & 0xfffff}`,
    opf: parseInt(match[3]!, 16),
    sector: Number(match[4]),
    size: Number(match[5]),
    idx: Number(match[6]),
    done: Number(match[7]),
    vcnt: Number(match[8]),
    vecs: new Map(vecs),
  };
}
