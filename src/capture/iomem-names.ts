import { hex } from '../model/address';
import type { MemoryRange, StructPages } from '../model/machine-spec';
import type { RangeKind } from '../model/memory-facts';

/** A resource as it was printed; `end` is exclusive. */
export interface Resource {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly children: readonly Resource[];
}

/** Names the kernel gives to resources, and what they are. Sources: e820 names of 4.1 and 6.12 (§3.12), captures. */
const KINDS: readonly (readonly [RegExp, RangeKind])[] = [
  [/^System RAM( \(kmem\))?$/, 'ram'],
  [/^Persistent (Memory|RAM)/, 'pmem'],
  [/^Soft Reserved$/i, 'soft-reserved'],
  [/^ACPI (Tables|Non-volatile Storage)$/, 'acpi'],
  [/^Unusable memory$/, 'unusable'],
  [/^(reserved|RAM buffer|Unknown E820 type)$/i, 'reserved'],
  [/\bROM$/, 'rom'],
];

/** Turns a printed resource into a range of our spec, with what its name says about `struct page`s. */
export function classify(resource: Resource, parent: MemoryRange | undefined): MemoryRange {
  const kind = kindOf(resource.name, parent);
  const range: MemoryRange = {
    start: hex(resource.start),
    end: hex(resource.end),
    kind,
    name: resource.name,
  };
  if (kind === 'pmem' || kind === 'soft-reserved') Object.assign(range, structPagesOf(resource, parent));
  if (resource.children.length > 0)
    range.children = resource.children.map((child) => classifyChild(child, resource, range));
  return range;
}

function classifyChild(child: Resource, parent: Resource, range: MemoryRange): MemoryRange {
  const classified = classify(child, range);
  if (!/^dax\d/.test(child.name)) return classified;
  const head = parent.children.find((c) => c.name === child.name.replace('dax', 'namespace'));
  return { ...classified, ...daxPages(child, head) };
}

function kindOf(name: string, parent: MemoryRange | undefined): RangeKind {
  const known = KINDS.find(([pattern]) => pattern.test(name))?.[1];
  if (known) return known;
  // What lies inside memory is part of it: "Kernel code", "Crash kernel", "namespace0.0", "dax0.0", "pmem".
  const inside = parent?.kind;
  return inside === 'ram' || inside === 'pmem' || inside === 'soft-reserved' ? inside : 'device';
}

interface PageFacts {
  structPages?: StructPages;
  assumed?: string;
}

/**
 * What a name says about struct pages. A 4.1 kernel and an unclaimed range have none, and that is certain.
 * A namespace may have them: by default on legacy ranges (6.12 drivers/nvdimm/e820.c sets ND_REGION_PAGEMAP;
 * captures: ndctl-list-1-boot.json says map "mem"), not by default on others; iomem prints both alike.
 */
function structPagesOf(resource: Resource, parent: MemoryRange | undefined): PageFacts {
  if (!/^namespace\d/.test(resource.name)) {
    return parent?.kind === 'pmem' || parent?.kind === 'soft-reserved' ? {} : { structPages: 'none' };
  }
  const tells = 'iomem does not tell; "ndctl list" does (mode and map)';
  return parent?.name === 'Persistent Memory (legacy)'
    ? {
        structPages: 'mem',
        assumed: `struct pages in RAM are the default on a legacy range, unless it is forced raw or in sector mode: ${tells}`,
      }
    : {
        structPages: 'none',
        assumed: `a raw namespace, without struct pages, is assumed: an fsdax one prints alike: ${tells}`,
      };
}

/** A dax device always has pages. Where they live shows in the size of the namespace's head in front of it. */
function daxPages(dax: Resource, head: Resource | undefined): PageFacts {
  const total = dax.end - (head?.start ?? dax.start);
  const memmap = (total / 4096) * 64;
  const onDevice = head !== undefined && head.end - head.start >= memmap;
  return {
    structPages: onDevice ? 'dev' : 'mem',
    assumed: onDevice
      ? 'the head of the namespace is large enough to hold the struct pages, so map=dev is assumed'
      : 'the head of the namespace is too small for the struct pages, so map=mem is assumed',
  };
}
