import { formatBytes, phys } from '../model/address';
import type { Collected } from './collect';
import { spansOfE820, workingMap } from './e820-map';
import { Findings, type CrossFinding } from './finding';
import type { MachineFacts } from './join';
import { differences, shown, spansOf, type Span } from './spans';

/** The firmware's map against itself, against the kernel's changes and against iomem; the swiotlb pool against RAM. */
export function checkBoot({ memory }: MachineFacts, { boot, iomem }: Collected): CrossFinding[] {
  const findings = new Findings();
  const firmware = spansOfE820(memory.e820 ?? []);
  overlaps(firmware, "the firmware's map", findings);
  for (const map of boot?.maps.slice(1) ?? [])
    changed(firmware, spansOfE820(map.entries), map.source, findings);
  const working = boot ? workingMap(boot) : firmware;
  if (working.length > 0 && (iomem || !boot))
    againstRanges(working, memory.ranges, boot !== undefined, findings);
  if (memory.swiotlb) {
    const pool = { start: phys(memory.swiotlb.start), end: phys(memory.swiotlb.end) };
    swiotlb(pool, boot?.swiotlb?.said, spansOf(memory.ranges, 'ram'), findings);
  }
  return findings.list;
}

function overlaps(spans: readonly Span[], whose: string, findings: Findings): void {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  let widest = sorted[0];
  for (const span of sorted.slice(1)) {
    if (widest && span.start < widest.end)
      findings.error(
        `${whose} lists ${shown(widest)} (${widest.what}) and ${shown(span)} (${span.what}): they overlap`,
      );
    if (!widest || span.end > widest.end) widest = span;
  }
}

const WHY: Readonly<Record<string, string>> = {
  user: 'the command line (memmap= or mem=)',
  modified: 'the kernel (the "modified" map)',
  extended: "the boot loader's extended map",
};

function changed(firmware: readonly Span[], next: readonly Span[], source: string, findings: Findings): void {
  const who = WHY[source] ?? `the map "${source}"`;
  for (const d of differences(firmware, next)) {
    const [was, is] = [d.left ?? 'not listed', d.right ?? 'not listed'];
    findings.info(`${who} changed ${shown(d)} (${formatBytes(d.end - d.start)}): ${was} before, ${is} now`);
  }
}

function againstRanges(
  working: readonly Span[],
  ranges: MachineFacts['memory']['ranges'],
  final: boolean,
  findings: Findings,
): void {
  const usable = working.filter((span) => span.what === 'usable').map((span) => ({ ...span, what: 'RAM' }));
  const ram = spansOf(ranges, 'ram').map((span) => ({ ...span, what: 'RAM' }));
  const map = final ? "the kernel's boot-time map" : "the firmware's map (later changes are not known)";
  const different = differences(usable, ram);
  if (different.length === 0)
    findings.info(`${map} and /proc/iomem agree on every byte of RAM (${formatBytes(bytes(ram))})`);
  for (const d of different) {
    const size = formatBytes(d.end - d.start);
    const here = working.find((span) => span.start <= d.start && span.end > d.start)?.what ?? 'nothing';
    if (d.right)
      findings.warning(
        `/proc/iomem has ${size} of System RAM at ${shown(d)} where ${map} has ${here}: memory that was added after the boot looks like this`,
      );
    else
      findings.warning(`${map} has ${size} usable at ${shown(d)}, but /proc/iomem has no System RAM there`);
  }
  persistent(working, ranges, map, findings);
}

function persistent(
  working: readonly Span[],
  ranges: MachineFacts['memory']['ranges'],
  map: string,
  findings: Findings,
): void {
  const listed = working.filter((span) => span.what.startsWith('persistent'));
  const pmem = spansOf(ranges, 'pmem');
  const same = (a: Span, b: Span) => a.start < b.end && b.start < a.end;
  for (const span of pmem) {
    const size = formatBytes(span.end - span.start);
    const entry = listed.find((other) => same(other, span));
    if (!entry)
      findings.info(
        `${span.what} ${shown(span)} (${size}) is not in ${map}: NVDIMMs are described by ACPI (NFIT), and e820 need not list them`,
      );
    else if (entry.start === span.start && entry.end === span.end)
      findings.info(
        `${span.what} ${shown(span)} (${size}) is "${entry.what}" in ${map}, with the same borders`,
      );
    else findings.warning(`${span.what} is ${shown(span)} in /proc/iomem, but ${shown(entry)} in ${map}`);
  }
  for (const span of listed)
    if (!pmem.some((other) => same(other, span)))
      findings.warning(`${map} has persistent memory at ${shown(span)}, but /proc/iomem has none there`);
}

function swiotlb(
  pool: { start: number; end: number },
  said: string | undefined,
  ram: readonly Span[],
  findings: Findings,
): void {
  const size = formatBytes(pool.end - pool.start);
  const inside = ram.find((span) => span.start <= pool.start && span.end >= pool.end);
  const high =
    pool.end > 2 ** 32
      ? ', not all of it below 4 GiB: devices with 32-bit DMA cannot use it'
      : ', below 4 GiB';
  if (inside)
    findings.info(`the swiotlb pool ${shown(pool)} (${size}) lies in the RAM ${shown(inside)}${high}`);
  else findings.error(`the swiotlb pool ${shown(pool)} (${size}) is not inside one range of System RAM`);
  const printed = /^(\d+)MB$/.exec(said ?? '')?.[1];
  if (printed !== undefined && Number(printed) !== (pool.end - pool.start) >> 20)
    findings.warning(`the kernel said ${said!} of the swiotlb pool, but its addresses span ${size}`);
}

function bytes(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.end - span.start, 0);
}
