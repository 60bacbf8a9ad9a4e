import type { DmaHardware } from '../model/dma-spec';
import { PHYS_LIMIT, hex } from '../model/address';
import type { E820Entry } from '../model/memory-facts';
import { cleanLines } from './lines';
import type { CaptureProblem, Captured } from './problem';

/** Bytes [start, end) and what the kernel said of them. */
export interface Spoken {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** One map as the kernel printed it: who gave it, and its entries, sorted. */
export interface PrintedMap {
  readonly source: string;
  readonly entries: readonly E820Entry[];
}

/** What the kernel messages of a boot say about memory. */
export interface BootCapture {
  /** In the order they were printed: the firmware's first, then the changed ones (memmap=, setup_data, …). */
  readonly maps: readonly PrintedMap[];
  /** "e820: update" and "e820: remove" lines. */
  readonly changes: readonly Spoken[];
  /** "Zone ranges:". */
  readonly zones: readonly Spoken[];
  /** "Early memory node ranges". */
  readonly nodes: readonly Spoken[];
  readonly swiotlb?: { readonly start: number; readonly end: number; readonly said: string };
  readonly commandLine?: string;
  /** What translates between devices and memory, as far as the messages name it. */
  readonly hardware?: DmaHardware;
}

const HEX = '(?:0x)?([0-9a-fA-F]+)';
/** Since 3.5: the end is inclusive. */
const NEW = new RegExp(`^\\s*(\\S.{0,30}?): \\[mem ${HEX}-${HEX}\\] (\\S.*)$`);
/** Before 3.5: the end is exclusive, the type in parentheses. */
const OLD = new RegExp(`^\\s*(\\S.{0,30}?): ${HEX} - ${HEX} \\(([^)]*)\\)$`);
const SOURCE = /^(BIOS-e820|BIOS-88|BIOS-e801|user|modified|extended|reserve setup_data|Xen)$/;
const CHANGE = new RegExp(`^e820: (update|remove) \\[mem ${HEX}-${HEX}\\](.*)$`);
/** The end is exclusive in both forms, unlike in the others: 0x98800000-0x97800000 is printed as 16MB. */
const SWIOTLB = new RegExp(`^software IO TLB(?:: mapped)? \\[mem ${HEX}-${HEX}\\] \\(([^)]*)\\)`);
const ZONE = new RegExp(`^\\s+(\\w+)\\s+\\[mem ${HEX}-${HEX}\\]$`);
const NODE = new RegExp(`^\\s+(node\\s+\\d+): \\[mem ${HEX}-${HEX}\\]$`);

/** Firmware tables and messages that only such hardware brings, the most telling first. */
const HARDWARE: readonly (readonly [RegExp, DmaHardware])[] = [
  [/^Booting paravirtualized kernel on Xen\b/, 'xen'],
  [/^ACPI: DMAR /, 'intel-vtd'],
  [/^ACPI: IVRS /, 'amd-vi'],
  [/^PCI-DMA: using GART IOMMU|^(?:AGP: )?Node \d+: aperture \[bus addr /, 'amd-gart'],
];

const EXPECTED =
  'expected kernel messages with a memory map, such as "BIOS-e820: [mem 0x…-0x…] usable": sudo dmesg, or journalctl -k -b';

/** Reads kernel messages (dmesg) for the firmware's memory map and what the kernel made of it. */
export function readBoot(text: string, file = 'dmesg'): Captured<BootCapture> {
  const problems: CaptureProblem[] = [];
  const maps = new Map<string, E820Entry[]>();
  const changes: Spoken[] = [];
  const zones: Spoken[] = [];
  const nodes: Spoken[] = [];
  let swiotlb: BootCapture['swiotlb'];
  let commandLine: string | undefined;
  let hardware: DmaHardware | undefined;
  const lines = cleanLines(text);
  const span = (line: number, first: string, last: string, inclusive: boolean) => {
    const start = parseInt(first, 16);
    const end = parseInt(last, 16) + (inclusive ? 1 : 0);
    const message =
      start >= PHYS_LIMIT || end > PHYS_LIMIT
        ? `address beyond 2^52, which x86-64 cannot have: ${first.slice(0, 40)}-${last.slice(0, 40)}`
        : end <= start
          ? `the range ends (${last}) before it starts (${first})`
          : undefined;
    if (message === undefined) return { start, end };
    problems.push({ file, line, message });
    return undefined;
  };
  for (const { number, text: line } of lines) {
    if (line.length > 400) {
      commandLine ??= /^Command line: (.*)$/.exec(line)?.[1];
      continue;
    }
    const entry = NEW.exec(line) ?? OLD.exec(line);
    if (entry && SOURCE.test(entry[1]!)) {
      // A CD-ROM image of an old kernel and a new one never stand in one boot, but each line tells its own end.
      const at = span(number, entry[2]!, entry[3]!, line.includes('[mem '));
      if (!at) continue;
      const list = maps.get(entry[1]!) ?? [];
      list.push({ start: hex(at.start), end: hex(at.end), type: entry[4]!.trim() });
      maps.set(entry[1]!, list);
      continue;
    }
    const spoken = (match: RegExpExecArray | null, into: Spoken[]) => {
      if (!match) return false;
      const at = span(number, match[2]!, match[3]!, true);
      if (at) into.push({ ...at, what: `${match[1]!}${match[4] ?? ''}`.replaceAll(/\s+/g, ' ') });
      return true;
    };
    if (
      spoken(CHANGE.exec(line), changes) ||
      spoken(NODE.exec(line), nodes) ||
      spoken(ZONE.exec(line), zones)
    )
      continue;
    const pool = SWIOTLB.exec(line);
    const at = pool && span(number, pool[1]!, pool[2]!, false);
    if (pool && at) swiotlb = { ...at, said: pool[3]! };
    commandLine ??= /^(?:Kernel c|C)ommand line: (.*)$/.exec(line)?.[1];
    hardware ??= HARDWARE.find(([pattern]) => pattern.test(line))?.[1];
  }
  if (problems.length > 0) return { ok: false, problems };
  if (
    !looksLikeBoot(
      lines.map((line) => line.text),
      text,
    )
  )
    return { ok: false, problems: [{ file, line: lines[0]?.number ?? 1, message: EXPECTED }] };
  const value: BootCapture = {
    maps: [...maps].map(([source, entries]) => ({ source, entries: sorted(entries) })),
    changes,
    zones,
    nodes,
    ...(swiotlb ? { swiotlb } : {}),
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(hardware ? { hardware } : {}),
  };
  const warnings: CaptureProblem[] = [];
  if (maps.size === 0) {
    const message =
      'no memory map in these kernel messages: those of the boot were overwritten or cut away. Read them from the journal: journalctl -k -b';
    warnings.push({ file, line: lines[0]?.number ?? 1, message });
  }
  return { ok: true, value, warnings };
}

/** Whether any line is one that only kernel messages have. */
function looksLikeBoot(lines: readonly string[], text: string): boolean {
  return (
    /^(?:<\d+>)?\[ {0,12}\d{1,12}\.\d+\]/m.test(text) ||
    lines.some((line) => /^ ?BIOS-(e820|88|e801): |^e820: |^software IO TLB/.test(line))
  );
}

function sorted(entries: readonly E820Entry[]): E820Entry[] {
  return [...entries].sort((a, b) => parseInt(a.start, 16) - parseInt(b.start, 16));
}
