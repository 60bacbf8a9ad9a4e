import type { BioscopeDocument, MemoryRange } from '../../model/machine-spec';

/** The same machine before ZONE_DEVICE (4.3): its persistent memory has no struct pages, and that is certain. */
export function withoutDevicePages(document: BioscopeDocument): BioscopeDocument {
  const { machine } = document;
  return { ...document, machine: { ...machine, memory: { ranges: machine.memory.ranges.map(without) } } };
}

function without(range: MemoryRange): MemoryRange {
  const { structPages, assumed: _why, children, ...rest } = range;
  return {
    ...rest,
    ...(structPages === undefined ? {} : { structPages: 'none' as const }),
    ...(children ? { children: children.map(without) } : {}),
  };
}
