import { hex, phys } from '../model/address';
import type { MemoryRange } from '../model/machine-spec';
import type { RangeKind } from '../model/memory-facts';
import type { E820Entry } from '../model/memory-facts';
import type { BootCapture } from './e820';
import type { Span } from './spans';

export function spansOfE820(entries: readonly E820Entry[]): Span[] {
  return entries.map(({ start, end, type }) => ({ start: phys(start), end: phys(end), what: type }));
}

/** The map the kernel worked with: the last one printed, with its "update" and "remove" lines applied. */
export function workingMap(boot: BootCapture): Span[] {
  const last = boot.maps.at(-1);
  if (!last) return [];
  return boot.changes.reduce((map, { start, end, what }) => {
    const update = /^update ?(.*?) ==> (.*)$/.exec(what);
    const from = (update?.[1] ?? what.replace('remove', '')).trim();
    return map.flatMap((span) => {
      if (span.end <= start || span.start >= end || (from !== '' && span.what !== from)) return [span];
      const cut: Span[] = [];
      if (span.start < start) cut.push({ ...span, end: start });
      if (update)
        cut.push({
          start: Math.max(span.start, start),
          end: Math.min(span.end, end),
          what: update[2]!.trim(),
        });
      if (span.end > end) cut.push({ ...span, start: end });
      return cut;
    });
  }, spansOfE820(last.entries));
}

/** What /proc/iomem calls the types, and what they are to us. Source: e820_type_to_string() of 6.12, e820.c. */
function named(type: string): { kind: RangeKind; name: string } {
  if (type === 'usable') return { kind: 'ram', name: 'System RAM' };
  if (type === 'ACPI data') return { kind: 'acpi', name: 'ACPI Tables' };
  if (type === 'ACPI NVS') return { kind: 'acpi', name: 'ACPI Non-volatile Storage' };
  if (type === 'unusable') return { kind: 'unusable', name: 'Unusable memory' };
  if (type === 'soft reserved') return { kind: 'soft-reserved', name: 'Soft Reserved' };
  if (type === 'persistent (type 12)') return { kind: 'pmem', name: 'Persistent Memory (legacy)' };
  if (type.startsWith('persistent')) return { kind: 'pmem', name: 'Persistent Memory' };
  return { kind: 'reserved', name: type === 'reserved' ? 'Reserved' : 'Unknown E820 type' };
}

/** A memory map made of kernel messages, for when there is no /proc/iomem. Overlaps go to the lower range. */
export function rangesOfBoot(boot: BootCapture): MemoryRange[] {
  let before = 0;
  return [...workingMap(boot)]
    .sort((a, b) => a.start - b.start)
    .flatMap((span) => {
      const start = Math.max(span.start, before);
      if (span.end <= start) return [];
      before = span.end;
      const { kind, name } = named(span.what);
      const range: MemoryRange = { start: hex(start), end: hex(span.end), kind, name };
      if (kind === 'pmem' || kind === 'soft-reserved') {
        range.structPages = 'none';
        range.assumed =
          'the map of the boot does not tell whether a driver made struct pages for it: /proc/iomem and "ndctl list" do';
      }
      return [range];
    });
}
