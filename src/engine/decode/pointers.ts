import { isCanonical, page_to_pfn, pfn_to_page, type AddressSpace } from '../memory/address-space';
import { decodePageLink } from '../pfn/page-link';
import { kernelRangeAt } from './kernel-ranges';
import { hex, placeOf, type Machine } from './place';
import { cannot, may, type Reading } from './reading';

/** `mem_map` of 32-bit is wherever boot put it, and a machine's document cannot say. */
const EXAMPLE = ', if mem_map is where the example has it';

/** A word as the kernel's own addresses: into the memmap, into the direct map, into a scatterlist, elsewhere. */
export function pointerReadings(word: bigint, machine: Machine): Reading[] {
  const { space } = machine.map;
  if (word >> BigInt(space.wordBits) !== 0n) {
    const why = `it has more than the ${space.wordBits} bits of this machine's pointers`;
    return [cannot('struct page *', why), cannot('direct-map address', why), cannot('page_link', why)];
  }
  return [
    structPage(word, machine),
    directMap(word, machine),
    pageLink(word, machine),
    ...elsewhere(word, machine),
  ];
}

function memmapPlace(page: bigint, machine: Machine) {
  const { space } = machine.map;
  const pages = 1n << BigInt(space.physBits - 12);
  const inside = page >= space.memmap && page < space.memmap + pages * BigInt(space.structPageSize);
  if (!inside) return { ok: false, why: `not in the memmap, which starts at ${hex(space.memmap)}` } as const;
  const pfn = page_to_pfn(page, space);
  const place = placeOf(machine, pfn);
  if (!place.ok) return place;
  if (place.extent.page === 'none')
    return { ok: false, why: `not in this machine's memmap: ${place.about}` } as const;
  return { ...place, into: page - pfn_to_page(pfn, space) };
}

function structPage(word: bigint, machine: Machine): Reading {
  const place = memmapPlace(word, machine);
  if (!place.ok) return cannot('struct page *', place.why);
  const example = machine.map.space.wordBits === 32 ? EXAMPLE : '';
  return place.into === 0n
    ? may('struct page *', `pfn ${hex(BigInt(place.pfn))}`, `${place.about}${example}`, 6, place.pfn)
    : may(
        'struct page *',
        `${place.into} bytes into the struct page of pfn ${hex(BigInt(place.pfn))}`,
        `a member of it; ${place.about}${example}`,
        5,
        place.pfn,
      );
}

function directMapPlace(word: bigint, machine: Machine) {
  const { space } = machine.map;
  if (word < space.PAGE_OFFSET || word - space.PAGE_OFFSET >= BigInt(space.lowmem))
    return { ok: false, why: `not in the direct map, which starts at ${hex(space.PAGE_OFFSET)}` } as const;
  const phys = word - space.PAGE_OFFSET;
  const place = placeOf(machine, phys >> 12n);
  if (place.ok && !machine.map.directMapped(Number(phys)))
    return { ok: false, why: `the direct map does not reach it: ${place.about}` } as const;
  return { ...place, phys };
}

function directMap(word: bigint, machine: Machine): Reading {
  const place = directMapPlace(word, machine);
  if (!place.ok) return cannot('direct-map address', place.why);
  return may('direct-map address', `physical ${hex(place.phys)}`, place.about, 6, place.pfn);
}

/** 4.1 and today: a `struct page *` with marks, or with SG_CHAIN the address of the next table. */
function pageLink(word: bigint, machine: Machine): Reading {
  const { chain, last, pointer } = decodePageLink(word, machine.map.space);
  const marks = [...(chain ? ['SG_CHAIN'] : []), ...(last ? ['SG_END'] : [])];
  const flags = marks.length > 0 ? marks.join(' | ') : 'no marks';
  if (chain && last) return cannot('page_link', 'SG_CHAIN and SG_END are never set together');
  if (chain) {
    const place = directMapPlace(pointer, machine);
    if (!place.ok) return cannot('page_link', `SG_CHAIN, but ${hex(pointer)} is ${place.why}`);
    return may('page_link', `${flags}, next table at ${hex(pointer)}`, place.about, 4, place.pfn);
  }
  const place = memmapPlace(pointer, machine);
  if (!place.ok) return cannot('page_link', place.why);
  if (place.into !== 0n) return cannot('page_link', `${hex(pointer)} is not the start of a struct page`);
  const weight = marks.length > 0 ? 7 : 2;
  return may('page_link', `${flags}, pfn ${hex(BigInt(place.pfn))}`, place.about, weight, place.pfn);
}

/** Addresses from which no arithmetic leads to a page. */
function elsewhere(word: bigint, machine: Machine): Reading[] {
  const { space } = machine.map;
  const known = kernelRangeAt(word, space);
  if (known !== undefined) return [may('kernel address', 'not decodable', known, 6)];
  if (space.wordBits === 64 && space.physBits !== 52 && !isCanonical(word))
    return [
      cannot(
        'kernel address',
        'its bits 63 to 47 are not all alike: touching it is a general protection fault',
      ),
    ];
  const memory = BigInt(machine.map.extents.at(-1)?.end ?? 0);
  if (word >= memory && word < userEnd(space))
    return [may('user address', 'not decodable', "some process's: only its page tables know", 0)];
  return [];
}

const userEnd = (space: AddressSpace): bigint =>
  space.wordBits === 32 ? space.PAGE_OFFSET : 1n << (space.physBits === 52 ? 56n : 47n);
