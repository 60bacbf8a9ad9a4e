import { __va, page_to_pfn, pfn_to_page } from '../../memory/address-space';
import { PFN_PHYS } from '../layout';
import { decodePageLink, sg_assign_page } from '../page-link';
import { bool, directMapPointer, pagePointer, value } from '../result';
import { pageOf, type Helper } from './helper';

const SOURCE = 'linux 4.1 and 6.12 include/linux/scatterlist.h, include/asm-generic/memory_model.h';
/** `page_link` of an entry that was LAST. */
const LAST = 2n;

/** 4.1 before the series, and today: a `struct page *` everywhere, and a scatterlist's marks in its low bits. */
export const plainHelpers: readonly Helper[] = [
  { name: 'pfn_to_page', source: SOURCE, call: ({ pfn }, ground) => pageOf(pfn, ground) },
  { name: 'pfn_valid', source: SOURCE, call: ({ pfn }, ground) => bool(ground.hasPage(pfn)) },
  {
    name: 'page_to_phys of that pointer',
    source: SOURCE,
    call: ({ pfn }, { space }) => value('phys', PFN_PHYS(page_to_pfn(pfn_to_page(pfn, space), space), space)),
  },
  {
    name: 'page_address of that pointer',
    source: SOURCE,
    call: ({ pfn }, ground) => {
      const phys = PFN_PHYS(pfn, ground.space);
      return directMapPointer(__va(phys, ground.space), phys, ground);
    },
  },
  {
    name: 'sg_set_page: page_link (keeps LAST)',
    source: SOURCE,
    call: ({ pfn }, { space }) => value('word', sg_assign_page(LAST, pfn_to_page(pfn, space), space)),
  },
  {
    name: 'sg_page',
    source: SOURCE,
    call: ({ pfn }, ground) => {
      const { space } = ground;
      const link = decodePageLink(sg_assign_page(LAST, pfn_to_page(pfn, space), space), space);
      return pagePointer(link.pointer, link.pfn, ground);
    },
  },
];
