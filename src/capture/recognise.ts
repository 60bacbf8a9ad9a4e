import { type BootCapture, readBoot } from './e820';
import { type DmTables, readDmsetup } from './dmsetup';
import { type IomemCapture, readIomem } from './iomem';
import { type LsblkCapture, readLsblk } from './lsblk';
import { cleanLines } from './lines';
import { type NdctlCapture, readNdctl } from './ndctl';
import type { CaptureProblem, Captured } from './problem';
import { type QueueLimits, readQueueLimits } from './queue-limits';
import { sectionsOf } from './sections';
import { type ZoneinfoCapture, readZoneinfo } from './zoneinfo';

/** What each format gives when it is read. */
export interface Values {
  readonly iomem: IomemCapture;
  readonly boot: BootCapture;
  readonly zoneinfo: ZoneinfoCapture;
  readonly ndctl: NdctlCapture;
  readonly lsblk: LsblkCapture;
  readonly dmsetup: DmTables;
  readonly queue: QueueLimits;
}
export type Format = keyof Values;

/** One capture of a machine, read: which format it was, the file it came from, and what it says. */
export interface Part<F extends Format = Format> {
  readonly file: string;
  readonly format: F;
  readonly value: Values[F];
}

/** What each format is called, and the command that prints it. Nothing here is ever run. */
export const FORMATS: Readonly<Record<Format, { readonly what: string; readonly command: string }>> = {
  iomem: { what: '/proc/iomem', command: 'sudo cat /proc/iomem' },
  boot: { what: 'kernel messages', command: 'sudo dmesg' },
  zoneinfo: { what: '/proc/zoneinfo', command: 'cat /proc/zoneinfo' },
  ndctl: { what: 'ndctl list', command: 'ndctl list -BRN' },
  lsblk: { what: 'lsblk', command: 'lsblk -J -b -O' },
  dmsetup: { what: 'dmsetup table', command: 'sudo dmsetup table' },
  queue: { what: 'queue limits', command: 'grep . /sys/block/*/queue/*' },
};

const READERS: { readonly [F in Format]: (text: string, file: string) => Captured<Values[F]> } = {
  iomem: readIomem,
  boot: readBoot,
  zoneinfo: readZoneinfo,
  ndctl: readNdctl,
  lsblk: readLsblk,
  dmsetup: readDmsetup,
  queue: readQueueLimits,
};

/** Lines only one format has, most telling first. */
const SIGNS: readonly (readonly [Format, RegExp])[] = [
  ['zoneinfo', /^Node \d+, zone /],
  ['boot', /^ ?(?:BIOS-e820|BIOS-88|BIOS-e801|user): |^e820: |^software IO TLB/],
  ['iomem', /^\s*[0-9a-fA-F]+-[0-9a-fA-F]* ?: /],
  ['lsblk', /^NAME +\S/],
  ['queue', /^\/sys\/(?:class\/)?block\/[^/]+\/queue\/|^[a-z]\S{0,63} [a-z]+_\w{1,60} \S/],
  ['dmsetup', /^(?:\S+: )?\d+ \d+ [a-z][\w-]*(?: |$)|^No devices found$/],
];

/** Reads a text of any format, and of several with `==> FILE <==` headers. Its lines are those of the text. */
export function readCapture(text: string, file: string): Captured<Part[]> {
  const sections = sectionsOf(text);
  if (sections.length === 0) return { ok: false, problems: [unknown(file, 1, 'the text is empty')] };
  const parts: Part[] = [];
  const problems: CaptureProblem[] = [];
  const warnings: CaptureProblem[] = [];
  for (const section of sections) {
    const name = section.path === undefined ? file : `${file} (${section.path})`;
    const read = readOne(section.text, name);
    // A problem is where the paste is, not where the file inside it was.
    const placed = (list: readonly CaptureProblem[]) =>
      list.map((p) => ({ ...p, file, line: p.line + section.before }));
    if (read.ok) {
      parts.push(read.value);
      warnings.push(...placed(read.warnings));
    } else problems.push(...placed(read.problems));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: parts, warnings };
}

function readOne(text: string, file: string): Captured<Part> {
  const json = jsonStart(text);
  const format = json === undefined ? recognise(text) : /"blockdevices"/.test(text) ? 'lsblk' : 'ndctl';
  if (!format) {
    const first = cleanLines(text)[0];
    return { ok: false, problems: [unknown(file, first?.number ?? 1, 'no known format')] };
  }
  const read = READERS[format](json ?? text, file);
  return read.ok ? { ...read, value: { format, file, value: read.value } } : read;
}

/** The text with what stands before its JSON (a prompt, a command) blanked out, if it is JSON. */
function jsonStart(text: string): string | undefined {
  const first = cleanLines(text.slice(0, 65536))[0];
  if (!first || !/^\s*(?:\{|\[\s*(?:[{\]]|$))/.test(first.text)) return undefined;
  const lines = text.split(/\r\n|\n|\r/);
  return [...lines.slice(0, first.number - 1).map(() => ''), ...lines.slice(first.number - 1)].join('\n');
}

/** The format most lines of a text speak for. */
function recognise(text: string): Format | undefined {
  const votes = new Map<Format, number>();
  let kernel = 0;
  for (const { text: line } of cleanLines(text)) {
    const sign = SIGNS.find(([, pattern]) => pattern.test(line.length > 500 ? line.slice(0, 500) : line));
    if (sign) votes.set(sign[0], (votes.get(sign[0]) ?? 0) + 1);
  }
  if (/^(?:<\d+>)?\[ {0,12}\d{1,12}\.\d+\]/m.test(text)) kernel = 1;
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  // Kernel messages quote all sorts of things; their time stamps are theirs alone.
  return kernel > 0
    ? 'boot'
    : (best?.[0] ?? (/ - [0-9a-f]{1,16} \(usable\)$/m.test(text) ? 'boot' : undefined));
}

function unknown(file: string, line: number, why: string): CaptureProblem {
  const known = Object.values(FORMATS)
    .map(({ what, command }) => `${what} (${command})`)
    .join(', ');
  return { file, line, message: `${why}: expected the text of one of ${known}` };
}
