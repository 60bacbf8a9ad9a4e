import { hex, phys } from '../model/address';
import type { DeviceSpec } from '../model/device-spec';
import type { MemoryRange, StructPages } from '../model/machine-spec';
import type { Namespace } from '../model/memory-facts';
import { namespaceCost } from '../model/namespace-cost';
import { pmemDisks } from './iomem';
import type { NdctlCapture, NdctlNamespace } from './ndctl';

/** Where iomem shows a namespace: its own range, and the dax device behind it when it is one. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** The range called daxX.Y; its namespace's range holds only metadata then. */
  readonly dax: { readonly start: number; readonly end: number } | undefined;
}

/** The namespaces that a memory map names, by name. */
export function placesOf(ranges: readonly MemoryRange[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const walk = (list: readonly MemoryRange[]) => {
    for (const range of list) {
      if (/^namespace\d+\.\d+$/.test(range.name)) {
        const dax = list.find((other) => other.name === range.name.replace('namespace', 'dax'));
        const end = phys((dax ?? range).end);
        const at = dax && { start: phys(dax.start), end: phys(dax.end) };
        places.set(range.name, { start: phys(range.start), end, dax: at });
      }
      walk(range.children ?? []);
    }
  };
  walk(ranges);
  return places;
}

/** Whether iomem and ndctl can have been taken at the same moment: only a devdax namespace has a dax device. */
export function agrees(namespace: NdctlNamespace, place: Place): boolean {
  return !namespace.disabled && (namespace.mode === 'devdax') === (place.dax !== undefined);
}

/** The namespaces of ndctl with the places iomem knows. */
export function joinedNamespaces(ndctl: NdctlCapture, ranges: readonly MemoryRange[]): Namespace[] {
  const places = placesOf(ranges);
  return ndctl.namespaces.map((namespace) => {
    const { name, mode, map, size, region, device, uuid, sectorSize } = namespace;
    const place = places.get(name);
    return {
      name,
      mode,
      ...(mode === 'raw' || mode === 'sector' ? { map: 'none' as const } : map ? { map } : {}),
      size: size.bytes,
      ...(region === undefined ? {} : { region }),
      ...(device === undefined ? {} : { device }),
      ...(place && agrees(namespace, place) ? { start: hex(place.start), end: hex(place.end) } : {}),
      ...(uuid === undefined ? {} : { uuid }),
      ...(sectorSize === undefined ? {} : { sectorSize }),
    };
  });
}

/** The ranges with what ndctl knows of their struct pages instead of what iomem alone let us assume. */
export function withNdctlPages(ranges: readonly MemoryRange[], ndctl: NdctlCapture): MemoryRange[] {
  const places = placesOf(ranges);
  const known = new Map<string, { structPages: StructPages; assumed?: string }>();
  for (const namespace of ndctl.namespaces) {
    const place = places.get(namespace.name);
    if (!place || !agrees(namespace, place)) continue;
    const facts = pagesOf(namespace);
    known.set(namespace.name, facts);
    known.set(namespace.name.replace('namespace', 'dax'), facts);
  }
  const walk = (range: MemoryRange): MemoryRange => {
    const facts = range.kind === 'pmem' || range.kind === 'soft-reserved' ? known.get(range.name) : undefined;
    const { assumed, children, structPages, ...rest } = range;
    return {
      ...rest,
      ...(facts ??
        ({
          ...(structPages === undefined ? {} : { structPages }),
          ...(assumed === undefined ? {} : { assumed }),
        } as const)),
      ...(children ? { children: children.map(walk) } : {}),
    };
  };
  return ranges.map(walk);
}

function pagesOf({ mode, map }: NdctlNamespace): { structPages: StructPages; assumed?: string } {
  if (mode === 'raw' || mode === 'sector') return { structPages: 'none' };
  return map
    ? { structPages: map }
    : { structPages: 'mem', assumed: 'ndctl printed no map: that its struct pages are in RAM is assumed' };
}

/** The pmem disks of a memory map, named and sized as ndctl has them. A devdax namespace is no disk. */
export function joinedDisks(ranges: readonly MemoryRange[], ndctl: NdctlCapture | undefined): DeviceSpec[] {
  const disks = ranges.flatMap(pmemDisks);
  if (!ndctl) return disks;
  const byStart = new Map<number, NdctlNamespace>();
  for (const [name, place] of placesOf(ranges)) {
    const namespace = ndctl.namespaces.find((ns) => ns.name === name);
    if (namespace && agrees(namespace, place)) byStart.set(place.start, namespace);
  }
  return disks.flatMap((disk): DeviceSpec[] => {
    if (disk.driver !== 'pmem') return [disk];
    const namespace = byStart.get(phys(disk.start));
    if (!namespace) return [disk];
    const name = /^[a-z][a-z0-9_.-]*$/i.test(namespace.device ?? '') ? namespace.device! : disk.name;
    return [{ ...disk, name, ...dataOf(namespace, phys(disk.start), phys(disk.end)) }];
  });
}

/** Where the data of an fsdax namespace starts: behind the info block and, with map=dev, the struct pages. */
function dataOf(
  { mode, map, size }: NdctlNamespace,
  start: number,
  end: number,
): { start?: string; end?: string } {
  if (mode !== 'fsdax' || !map || size.bytes === end - start || start % 2 ** 21 !== 0) return {};
  const { usable } = namespaceCost(end - start, { mode, map }, 64);
  if (usable !== size.bytes) return {};
  const last = Math.floor(end / 2 ** 21) * 2 ** 21;
  return { start: hex(last - usable), end: hex(last) };
}
