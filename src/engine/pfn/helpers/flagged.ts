import { X86_64, __va, ulong, type AddressSpace } from '../../memory/address-space';
import type { FlaggedLayout } from '../flagged';
import type { PfnLayout } from '../layout';
import { bool, directMapPointer, value, type Ground, type HelperResult } from '../result';
import {
  constructs,
  constructsFromPage,
  hasPage,
  toPage,
  toPfn,
  toPhys,
  type Helper,
  type Subject,
} from './helper';

/** `phys_to_pfn_t`: the part of the address below a page is dropped; flags are masked. */
export function phys_to_pfn_t(
  layout: FlaggedLayout,
  addr: bigint,
  flags: bigint,
  space: AddressSpace = X86_64,
): bigint {
  return layout.pfn_to_pfn_t(ulong(addr >> 12n, space), flags, space);
}

/** `nth_pfn` of v5 5/5: `n` pages on, the flags kept. */
export function nth_pfn(
  layout: FlaggedLayout,
  word: bigint,
  n: bigint,
  space: AddressSpace = X86_64,
): bigint {
  return layout.pfn_to_pfn_t(layout.decode(word, space).pfn + n, word & layout.mask(space), space);
}

/** `__pfn_t_to_virt` (v5b), `pfn_t_to_virt` (4.5): NULL without a page, else the direct map's address. */
function toVirt(layout: PfnLayout, { word }: Subject, ground: Ground): HelperResult {
  const { hasPage, phys } = layout.decode(word, ground.space);
  return hasPage ? directMapPointer(__va(phys, ground.space), phys, ground) : { is: 'NULL' };
}

type Call = (layout: FlaggedLayout, subject: Subject, ground: Ground) => HelperResult;

const fromPage: Call = (layout, { pfn }, ground) => constructsFromPage(layout, pfn, ground);

const V5_CALLS: Readonly<Record<string, Call>> = {
  page_to_pfn_t: fromPage,
  pfn_to_pfn_t: constructs,
  phys_to_pfn_t: constructs,
  __pfn_t_has_page: hasPage,
  __pfn_t_to_pfn: toPfn,
  __pfn_t_to_page: toPage,
  __pfn_t_to_phys: toPhys,
  bvec_page: toPage,
};

const PFN_T_CALLS: Readonly<Record<string, Call>> = {
  page_to_pfn_t: fromPage,
  __pfn_to_pfn_t: constructs,
  phys_to_pfn_t: constructs,
  pfn_t_has_page: hasPage,
  pfn_t_to_pfn: toPfn,
  pfn_t_to_page: toPage,
  pfn_t_to_phys: toPhys,
  pfn_t_to_virt: toVirt,
};

const flag =
  (...names: string[]): Call =>
  (layout, { word }, ground) =>
    bool(names.every((name) => layout.decode(word, ground.space).flags.includes(name)));

/** What came after `pfn_t` itself. */
const PFN_T_LATER: Readonly<Record<string, Call>> = {
  pfn_t_valid: (layout, { word }, ground) => bool(ground.hasPage(layout.decode(word, ground.space).pfn)),
  pfn_t_devmap: flag('PFN_DEV', 'PFN_MAP'),
  'pfn_t_special (since 4.15)': flag('PFN_SPECIAL'),
};

const bind = (layout: FlaggedLayout, calls: Readonly<Record<string, Call>>): Helper[] =>
  Object.entries(calls).map(([name, call]) => ({
    name,
    source: layout.source,
    call: (subject, ground) => call(layout, subject, ground),
  }));

/** The helpers of v5 and its RFC. */
export function v5Helpers(layout: FlaggedLayout): readonly Helper[] {
  const nth: Call = (_, { word }, { space }) => value('word', nth_pfn(layout, word, 1n, space));
  return bind(layout, { ...V5_CALLS, 'nth_pfn, one page on': nth });
}

/** September 2015: v5's, and an address. */
export const v5bHelpers = (layout: FlaggedLayout): readonly Helper[] =>
  bind(layout, { ...V5_CALLS, __pfn_t_to_virt: toVirt });

/** `pfn_t`, first as 4.5-rc1 had it, then with what came later. */
export const rc1Helpers = (layout: FlaggedLayout): readonly Helper[] => bind(layout, PFN_T_CALLS);
export const pfn_tHelpers = (layout: FlaggedLayout): readonly Helper[] =>
  bind(layout, { ...PFN_T_CALLS, ...PFN_T_LATER });
