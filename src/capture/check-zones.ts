import { PAGE_SIZE, formatBytes, phys } from '../model/address';
import type { Zone } from '../model/memory-facts';
import type { Collected } from './collect';
import { Findings, pages, type CrossFinding } from './finding';
import type { MachineFacts } from './join';
import { shown, spansOf, wholePages, type Span } from './spans';

interface Placed extends Zone {
  readonly at: { readonly start: number; readonly end: number };
}

/** Zones against each other and against the RAM of the memory map; present against managed; ZONE_DEVICE. */
export function checkZones({ memory }: MachineFacts, { zoneinfo }: Collected): CrossFinding[] {
  const findings = new Findings();
  const zones = (memory.zones ?? []).map((zone) => ({
    ...zone,
    at: { start: phys(zone.start), end: phys(zone.end) },
  }));
  const ram = spansOf(memory.ranges, 'ram');
  const nodes = new Set(zones.map((zone) => zone.node)).size;
  const named = (zone: { node: number; name: string }) =>
    nodes > 1 ? `zone ${zone.name} of node ${zone.node}` : `zone ${zone.name}`;
  for (const zone of zones) {
    for (const other of zones) {
      if (zone === other || zone.node !== other.node || zone.name === 'Device' || other.name === 'Device')
        continue;
      if (zone.at.start < other.at.start && zone.at.end > other.at.start)
        findings.error(
          `${named(zone)} (${shown(zone.at)}) and ${named(other)} (${shown(other.at)}) overlap on one node`,
        );
    }
    presentAndManaged(zone, named(zone), findings);
  }
  if (ram.length > 0 && zones.length > 0) againstRam(zones, ram, named, findings);
  for (const zone of zoneinfo?.placeless ?? [])
    if (zone.name === 'Device') deviceZone(zone.spannedPages, memory, findings);
  return findings.list;
}

function presentAndManaged(zone: Placed, name: string, findings: Findings): void {
  const spanned = (zone.at.end - zone.at.start) / PAGE_SIZE;
  const { presentPages: present, managedPages: managed } = zone;
  if (spanned < present || present < managed)
    findings.error(
      `${name} spans ${pages(spanned)}, has ${pages(present)} present and ${pages(managed)} managed: each must be at most the one before`,
    );
  else
    findings.info(
      `${name} gives ${pages(managed)} of ${pages(present)} present to the page allocator: ${pages(present - managed)} (${formatBytes((present - managed) * PAGE_SIZE)}) were kept back at boot`,
    );
}

function againstRam(
  zones: readonly Placed[],
  ram: readonly Span[],
  named: (zone: Zone) => string,
  findings: Findings,
): void {
  const alone = (zone: Placed) =>
    !zones.some((other) => other !== zone && other.at.start < zone.at.end && zone.at.start < other.at.end);
  for (const zone of zones.filter((z) => z.name !== 'Device')) {
    const has = wholePages(ram, zone.at.start, zone.at.end);
    const name = named(zone);
    const first = ram.find((span) => span.end > zone.at.start);
    if (!first || first.start > zone.at.start)
      findings.warning(`${name} starts at ${shown(zone.at)}, where the memory map has no System RAM`);
    // The spans of several nodes may interleave; only a zone that lies alone can be counted.
    if (!alone(zone)) continue;
    if (has === zone.presentPages)
      findings.info(
        `${name} (${shown(zone.at)}) has ${pages(has)} present, and the memory map has as many whole pages of System RAM there`,
      );
    else
      findings.warning(
        `${name} (${shown(zone.at)}) has ${pages(zone.presentPages)} present, but the memory map has ${pages(has)} of System RAM there: taken at different times, or part of the memory is offline`,
      );
  }
  const present = zones.reduce((sum, zone) => sum + zone.presentPages, 0);
  const total = wholePages(ram, 0, Infinity);
  const inZones = zones.some((zone) => !alone(zone))
    ? present
    : zones.reduce((sum, zone) => sum + wholePages(ram, zone.at.start, zone.at.end), 0);
  if (total > inZones) findings.warning(`${pages(total - inZones)} of System RAM are in no zone`);
}

function deviceZone(spanned: number, memory: MachineFacts['memory'], findings: Findings): void {
  const pmem = spansOf(memory.ranges, 'pmem');
  if (spanned === 0) {
    if (pmem.length > 0)
      findings.info(
        'zone Device is empty: no struct pages were made for device memory when /proc/zoneinfo was read',
      );
    return;
  }
  const size = `${pages(spanned)} (${formatBytes(spanned * PAGE_SIZE)})`;
  findings.info(
    `zone Device spans ${size}; /proc/zoneinfo prints no start for a zone without present pages, so its place is taken from the memory map`,
  );
  const withPages = (memory.namespaces ?? []).filter((ns) => ns.mode === 'fsdax' || ns.mode === 'devdax');
  if ((memory.namespaces ?? []).length > 0 && withPages.length === 0)
    findings.info(
      'no namespace that ndctl lists has struct pages: the span of zone Device does not shrink when device pages go',
    );
}
