import { page_to_pfn } from '../engine/memory/address-space';
import type { PhysicalMap } from '../engine/memory/physical-map';
import { zonesOf } from '../engine/memory/zones';
import { PAGE_SIZE, formatBytes, groupedHex, phys } from '../model/address';
import type { MachineSpec, MemoryRange } from '../model/machine-spec';

/** Where a search leads: bytes [start, end), and the page when it names one. */
export type SearchResult =
  | {
      readonly ok: true;
      readonly start: number;
      readonly end: number;
      readonly page?: number;
      readonly message: string;
    }
  | { readonly ok: false; readonly message: string };

const EXAMPLES =
  "Try 0x12345000 (an address), pfn 74565, namespace0.0, pmem0, DMA32, or part of a range's name.";

/**
 * Finds what somebody typed: a pfn, a physical address, a kernel address (struct page * or direct map), or the name
 * of a namespace, device, zone, range or note. Exact names win over parts of names.
 */
export function searchMachine(spec: MachineSpec, map: PhysicalMap, text: string): SearchResult {
  const query = text.trim();
  if (query === '') return { ok: false, message: EXAMPLES };
  const pfn = /^pfn\s*(0x[0-9a-f](?:_?[0-9a-f])*|\d+)$/i.exec(query)?.[1];
  if (pfn !== undefined) return page(map, BigInt(pfn.replaceAll('_', '')), `pfn ${pfn}`);
  if (/^0x[0-9a-f](_?[0-9a-f])*$/i.test(query)) return address(map, BigInt(query.replaceAll('_', '')), query);
  if (/^[0-9a-f]*\d[0-9a-f]*$/i.test(query))
    return { ok: false, message: `Is ${query} an address (0x${query}) or a page frame (pfn ${query})?` };
  return named(spec, map, query);
}

function address(map: PhysicalMap, value: bigint, query: string): SearchResult {
  const { space } = map;
  const end = BigInt(memoryEnd(map));
  if (value < end) return page(map, value >> 12n, query);
  const pages = end >> 12n;
  if (value >= space.memmap && value < space.memmap + pages * BigInt(space.structPageSize))
    return page(map, page_to_pfn(value, space), `struct page * ${query}`);
  if (
    value >= space.PAGE_OFFSET &&
    value < space.PAGE_OFFSET + end &&
    value - space.PAGE_OFFSET < space.lowmem
  )
    return page(map, (value - space.PAGE_OFFSET) >> 12n, `${query} in the direct map`);
  const kernel = value >> BigInt(space.physBits) !== 0n;
  return {
    ok: false,
    message: kernel
      ? `${query} is neither in the direct map nor in the memmap of this machine.`
      : `${query} is beyond this machine: its memory map ends at ${groupedHex(Number(end))}.`,
  };
}

function page(map: PhysicalMap, pfn: bigint, what: string): SearchResult {
  const end = memoryEnd(map);
  const extent = pfn < BigInt(end) ? map.at(Number(pfn) * PAGE_SIZE) : undefined;
  if (!extent) {
    const last = groupedHex(Math.max(Math.ceil(end / PAGE_SIZE) - 1, 0));
    return { ok: false, message: `${what} is beyond this machine: its last page frame is ${last}.` };
  }
  const number = Number(pfn);
  const pages = extent.page === 'none' ? 'no struct page' : 'has a struct page';
  return {
    ok: true,
    start: number * PAGE_SIZE,
    end: (number + 1) * PAGE_SIZE,
    page: number,
    message: `${what}: pfn ${groupedHex(number)} in ${extent.name}, ${pages}.`,
  };
}

interface Named {
  readonly name: string;
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

function named(spec: MachineSpec, map: PhysicalMap, query: string): SearchResult {
  const wanted = query.toLowerCase();
  const all = everythingNamed(spec, map);
  const ways = [
    (name: string) => name === wanted,
    (name: string) => name.startsWith(wanted),
    (name: string) => name.includes(wanted),
  ];
  for (const fits of ways) {
    const found = all.filter(({ name }) => fits(name.toLowerCase()));
    const first = found[0];
    if (!first) continue;
    const more = found.length > 1 ? ` It is the first of ${found.length} that match.` : '';
    const { name, what, start, end } = first;
    return {
      ok: true,
      start,
      end,
      message: `${what} ${name}: ${formatBytes(end - start)} from ${groupedHex(start)}.${more}`,
    };
  }
  return { ok: false, message: `Nothing here is called ${query}. ${EXAMPLES}` };
}

/** Every name of the machine that has a place, in the order in which one of several is meant. */
function everythingNamed(spec: MachineSpec, map: PhysicalMap): Named[] {
  const { namespaces = [], marks = [], ranges } = spec.memory;
  const list: Named[] = [];
  const add = (name: string | undefined, what: string, start?: string, end?: string) => {
    if (name !== undefined && name !== '' && start !== undefined && end !== undefined)
      list.push({ name, what, start: phys(start), end: phys(end) });
  };
  for (const { name, start, end } of namespaces) add(name, 'namespace', start, end);
  for (const { device, start, end } of namespaces) add(device, 'device', start, end);
  for (const device of spec.devices ?? [])
    if (device.driver === 'pmem') add(device.name, 'device', device.start, device.end);
  for (const { name, start, end } of zonesOf(spec, map)) list.push({ name, what: 'zone', start, end });
  const tree = (range: MemoryRange): void => {
    add(range.name, 'range', range.start, range.end);
    range.children?.forEach(tree);
  };
  ranges.forEach(tree);
  for (const { text, start, end } of marks) add(text, 'note', start, end);
  const { swiotlb } = spec.memory;
  if (swiotlb) add('swiotlb', 'pool', swiotlb.start, swiotlb.end);
  return list;
}

function memoryEnd(map: PhysicalMap): number {
  return map.extents.at(-1)?.end ?? 0;
}
