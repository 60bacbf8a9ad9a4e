import { cleanLines } from './lines';
import type { CaptureProblem, Captured } from './problem';

/** /sys/block/*\/queue/* of each disk, by file name; numbers where the kernel printed a plain one. */
export type QueueLimits = ReadonlyMap<string, Readonly<Record<string, number | string>>>;

/** `grep . /sys/block/*\/queue/*`, or with "=". */
const PATH = /^\/sys\/(?:class\/)?block\/([^/\s]{1,64})\/queue\/(\w{1,64})\s*[:=](.*)$/;
/** `pmem0 max_sectors_kb 1280`. */
const TRIPLE = /^([a-z][\w!.-]{0,63})\s+([a-z]\w{2,63})\s+(\S.*)$/;
const EXPECTED =
  'expected "/sys/block/DISK/queue/NAME:VALUE", as "grep . /sys/block/*/queue/*" prints it, or "DISK NAME VALUE"';

/** Reads the limits of request queues. Values such as "[none] mq-deadline" stay text. */
export function readQueueLimits(text: string, file = 'queue limits'): Captured<QueueLimits> {
  const problems: CaptureProblem[] = [];
  const disks = new Map<string, Map<string, number | string>>();
  for (const { number, text: line } of cleanLines(text)) {
    // grep says so of files it may not read, and of the directories in queue/.
    if (/^grep: /.test(line)) continue;
    const match = line.length > 4096 ? null : (PATH.exec(line) ?? TRIPLE.exec(line));
    if (!match) {
      problems.push({ file, line: number, message: EXPECTED });
      if (problems.length >= 20) break;
      continue;
    }
    const [, disk, name, value] = match as unknown as [string, string, string, string];
    const limits = disks.get(disk) ?? new Map<string, number | string>();
    limits.set(name, valueOf(value.trim()));
    disks.set(disk, limits);
  }
  if (disks.size === 0 && problems.length === 0)
    problems.push({ file, line: 1, message: `the text is empty: ${EXPECTED}` });
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    value: new Map([...disks].map(([disk, limits]) => [disk, Object.fromEntries(limits)])),
    warnings: [],
  };
}

/** Exact or not at all: beyond 2^53 the digits stay text. */
function valueOf(text: string): number | string {
  const value = Number(text);
  return /^-?\d{1,17}$/.test(text) && Number.isSafeInteger(value) && String(value) === text ? value : text;
}
