import { pfn_to_page } from '../memory/address-space';
import { carrierBits, type DecodedPfn, type PfnLayout } from '../pfn/layout';
import { hex, placeOf, type Machine, type Place } from './place';
import { cannot, may, type Reading } from './reading';

/** A word as one layout's `__pfn_t` (or `pfn_t`). */
export function wordReading(layout: PfnLayout, word: bigint, machine: Machine): Reading {
  const as = `${layout.id.startsWith('4.5') ? 'pfn_t' : '__pfn_t'} of ${layout.id}`;
  const reading = { ...judged(layout, as, word, machine), when: layout.when };
  return layout.reconstructed ? { ...reading, reconstructed: true } : reading;
}

function judged(layout: PfnLayout, as: string, word: bigint, machine: Machine): Reading {
  const { space } = machine.map;
  const bits = carrierBits(layout, space);
  if (word >> BigInt(bits) !== 0n)
    return cannot(as, `it has more than the ${bits} bits of this machine's word`);
  const d = layout.decode(word, space);
  const flags = d.flags.length > 0 ? d.flags.join(' | ') : 'no flags';
  const says = `pfn ${hex(d.pfn)}, ${flags}`;
  if (d.meaningless !== 0n)
    return cannot(as, `its bits ${hex(d.meaningless)} stand for nothing in this version`, says);
  if (d.flags.includes('PFN_SG_CHAIN')) return chained(as, word, d, machine);
  const isPointer = (layout.id === 'v2' || layout.id === 'v3') && d.hasPage;
  if (isPointer && !inMemmap(word, d.pfn, machine))
    return cannot(as, 'it would be a struct page *, but it is not the start of one in the memmap');
  const place = placeOf(machine, d.pfn);
  if (!place.ok) return cannot(as, place.why, says);
  const wrong = contradiction(layout, d, place, machine);
  if (wrong !== undefined) return cannot(as, `${place.about}${wrong}`, says);
  const v1 = layout.id === 'v1' ? '; v1 does not say which' : '';
  return may(as, says, `${place.about}${v1}`, d.flags.length > 0 ? 3 : 1, place.pfn);
}

/** Whether a pointer is to the start of a `struct page` that the memmap has room for. */
function inMemmap(page: bigint, pfn: bigint, { map }: Machine): boolean {
  return pfn >> BigInt(map.space.physBits - 12) === 0n && pfn_to_page(pfn, map.space) === page;
}

/** PFN_SG_CHAIN makes the rest of a low-flag word the address of the next table; of `pfn_t` nobody ever set it. */
function chained(as: string, word: bigint, d: DecodedPfn, machine: Machine): Reading {
  const pointer = word & ~3n;
  if ((word & 1n) === 0n || d.flags.includes('PFN_SG_LAST'))
    return cannot(as, 'PFN_SG_CHAIN, which nothing but a scatterlist link carries, and alone');
  const phys = pointer - machine.map.space.PAGE_OFFSET;
  const place = phys >= 0n ? placeOf(machine, phys >> 12n) : undefined;
  if (place?.ok !== true || !machine.ground.directMapped(phys))
    return cannot(as, `PFN_SG_CHAIN, but ${hex(pointer)} is no address in the direct map`);
  return may(as, `PFN_SG_CHAIN, next table at ${hex(pointer)}`, place.about, 2, place.pfn);
}

/** Why a word cannot be the name of this page, as the end of a sentence about the page. */
function contradiction(
  layout: PfnLayout,
  d: DecodedPfn,
  { extent }: Place & { ok: true },
  { map }: Machine,
): string | undefined {
  const knows = (name: string) => d.flags.includes(name);
  if (layout.id === 'v1') return undefined;
  if (d.hasPage && extent.page === 'none') return '; the word says that it had one';
  if (knows('PFN_DEV') && extent.kind === 'ram') return ', so PFN_DEV would be wrong here';
  if (knows('PFN_MAP') && extent.page !== 'device') return ', so PFN_MAP would be wrong here';
  if (!d.hasPage && extent.page === 'memmap') return '; the word says that it had none';
  return !d.hasPage && extent.page === 'device' ? mapMissing(layout, d.pfn, map.space) : undefined;
}

/** A layout that knows PFN_MAP would have it set for a device that made pages. */
function mapMissing(layout: PfnLayout, pfn: bigint, space: Machine['map']['space']): string | undefined {
  const plain = layout.encode(pfn, { dev: true }, space);
  const mapped = layout.encode(pfn, { dev: true, map: true }, space);
  const differ = 'word' in plain && 'word' in mapped && plain.word !== mapped.word;
  return differ ? ', so PFN_MAP would be set too' : undefined;
}
