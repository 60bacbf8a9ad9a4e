import type { BioscopeDocument, MemoryRange } from '../../model/machine-spec';

/** The same machine before ZONE_DEVICE (4.3): its persistent memory has no struct pages, and that is certain. */
export function withoutDevicePages(document: BioscopeDocument): BioscopeDocument {
  const { machine } = document;
  const { ranges, zones, namespaces, ...rest } = machine.memory;
  const memory = {
    ...rest,
    ranges: ranges.map(without),
    ...(zones ? { zones: zones.filter((zone) => zone.name !== 'Device') } : {}),
    ...(namespaces
      ? {
          namespaces: namespaces.map((namespace) => ({
            ...namespace,
            mode: 'raw' as const,
            map: 'none' as const,
          })),
        }
      : {}),
  };
  return { ...document, machine: { ...machine, memory } };
}

function without(range: MemoryRange): MemoryRange {
  const { structPages, assumed: _why, children, ...rest } = range;
  return {
    ...rest,
    ...(structPages === undefined ? {} : { structPages: 'none' as const }),
    ...(children ? { children: children.map(without) } : {}),
  };
}
