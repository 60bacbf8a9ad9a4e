import { PAGE_SIZE } from '../../../model/address';
import { X86_64, pfn_to_page, type AddressSpace } from '../../memory/address-space';
import type { SgTable } from '../../block/sg-table';
import type { SgForm } from './form';

/** `sg_page` of entry `i` of a table: a `struct page *`, 0 for NULL. Throws Oops where the kernel has a BUG_ON. */
export type SgPage = (sg: SgTable, i: number) => bigint;

/** `sg_page` in one kernel's form, for tables whose page-less entries were made by `sg_set_pfn`, if it has that. */
export function sgPageOf<Entry>(form: SgForm<Entry>, space: AddressSpace = X86_64): SgPage {
  return ({ phys, length, dev }, i) => {
    const offset = phys[i]! % PAGE_SIZE;
    const pfn = BigInt((phys[i]! - offset) / PAGE_SIZE);
    const entry =
      dev[i] === 1 && form.sg_set_pfn
        ? form.sg_set_pfn(form.blank, pfn, length[i]!, offset)
        : form.sg_set_page(form.blank, pfn_to_page(pfn, space), length[i]!, offset);
    return form.sg_page(entry);
  };
}
