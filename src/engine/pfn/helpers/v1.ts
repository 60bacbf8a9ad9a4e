import { page_to_pfn, pfn_to_page } from '../../memory/address-space';
import { directMapPointer, pagePointer, value } from '../result';
import * as sg from '../sg-v1';
import { v1 } from '../v1';
import { constructsFromPage, guarded, pageOf, toPhys, type Helper } from './helper';

const BLK = 'v1 branch 38125a22, run in captures: v1pfn.csv';
const SG = 'v1 branch 60d50b32, run in captures: v1pfn.csv and oops/bug_sg_page.txt';

/** `page_to_pfn_typed`: also of NULL, which gives 0x5800000000 on 4.1. */
export const page_to_pfn_typed = page_to_pfn;
/** `bvec_page`: arithmetic; it gives NULL back only where that arithmetic ends at 0. */
export const bvec_page = pfn_to_page;

/** `v1` of March 2015: the type says nothing, so nothing is ever refused. */
export const v1Helpers: readonly Helper[] = [
  { name: 'page_to_pfn_typed', source: BLK, call: ({ pfn }, ground) => constructsFromPage(v1, pfn, ground) },
  { name: 'bvec_set_page', source: BLK, call: ({ pfn }, ground) => constructsFromPage(v1, pfn, ground) },
  {
    name: 'bvec_set_page of NULL',
    source: BLK,
    call: (_, { space }) => ({
      is: 'garbage',
      value: page_to_pfn_typed(0n, space),
      unit: 'word',
      why: 'the pfn of NULL, not 0; bvec_page() turns it back into NULL',
    }),
  },
  { name: 'bvec_page', source: BLK, call: ({ word }, ground) => pageOf(word, ground) },
  { name: 'pfn_to_phys', source: BLK, call: (subject, ground) => toPhys(v1, subject, ground) },
];

/** `struct scatterlist` of v1, of an entry at offset 0. v3 is taken to have the same (sizes match). */
export const v1SgHelpers: readonly Helper[] = [
  {
    name: 'sg_set_pfn: flags of an entry that was LAST',
    source: SG,
    call: ({ pfn }) => value('sg_flags', BigInt(sg.sg_set_pfn(sg.sg_init_table(), pfn, 4096, 0).sg_flags)),
  },
  {
    name: 'sg_set_page: flags of an entry that was LAST',
    source: SG,
    call: ({ pfn }, { space }) => {
      const entry = sg.sg_set_page(sg.sg_init_table(), pfn_to_page(pfn, space), 4096, 0, space);
      return value('sg_flags', BigInt(entry.sg_flags));
    },
  },
  {
    name: 'sg_page after sg_set_pfn',
    source: SG,
    call: ({ pfn }, { space }) =>
      guarded(() => value('page', sg.sg_page(sg.sg_set_pfn(sg.sg_init_table(), pfn, 4096, 0), space))),
  },
  {
    name: 'sg_page after sg_set_page',
    source: SG,
    call: ({ pfn }, ground) => {
      const { space } = ground;
      const entry = sg.sg_set_page(sg.sg_init_table(), pfn_to_page(pfn, space), 4096, 0, space);
      return guarded(() => pagePointer(sg.sg_page(entry, space), entry.pfn, ground));
    },
  },
  {
    name: 'sg_set_pfn with offset 65536',
    source: 'v1 branch 60d50b32, run in captures: oops/bug_sg_off.txt',
    call: ({ pfn }) =>
      guarded(() => value('sg_flags', BigInt(sg.sg_set_pfn(sg.sg_init_table(), pfn, 4096, 65536).sg_flags))),
  },
  {
    name: 'sg_phys',
    source: SG,
    call: ({ pfn }, { space }) =>
      value('phys', sg.sg_phys(sg.sg_set_pfn(sg.sg_init_table(), pfn, 4096, 0), space)),
  },
  {
    name: 'sg_virt',
    source: SG,
    call: ({ pfn }, ground) => {
      const entry = sg.sg_set_pfn(sg.sg_init_table(), pfn, 4096, 0);
      return directMapPointer(sg.sg_virt(entry, ground.space), sg.sg_phys(entry, ground.space), ground);
    },
  },
];
