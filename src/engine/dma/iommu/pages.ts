import { PAGE_SIZE } from '../../../model/address';

/** Pages that a run of bytes touches: 0 for no bytes at the start of a page. */
export function iommu_num_pages(address: number, bytes: number): number {
  return Math.ceil(((address % PAGE_SIZE) + bytes) / PAGE_SIZE);
}

export function pfnOf(address: number): number {
  return Math.floor(address / PAGE_SIZE);
}
