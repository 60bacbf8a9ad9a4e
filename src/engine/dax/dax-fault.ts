import type { DaxBdev } from './direct-access';
import type { DaxFile } from './dax-file';
import type { DaxStep } from './dax-io';
import { dax_map_bh, dax_unmap_bh, type DaxEra } from './map-bh';

const PAGE = 4096;

/** What a fault ends in: a page table entry to the device, a page of zeros, a copy, or a signal. */
export type FaultResult = 'NOPAGE' | 'hole' | 'copied' | 'SIGBUS';

export type Access = 'read' | 'write' | 'private';

/** A process's mapping of a DAX file: page of the file to what its entry points at. */
export class DaxMapping {
  readonly ptes = new Map<
    number,
    { readonly pfn: number; readonly kind: 'device' | 'hole' | 'copy'; writable: boolean }
  >();

  constructor(
    private readonly bdev: DaxBdev,
    private readonly file: DaxFile,
    private readonly era: DaxEra = '4.1',
  ) {}

  /** A load or store: only a page without a fitting entry faults. */
  touch(page: number, access: Access, steps: DaxStep[]): FaultResult {
    const pte = this.ptes.get(page);
    if (pte && (access === 'read' || pte.writable)) return 'NOPAGE';
    steps.push({ call: 'dax_fault' });
    const result = this.do_dax_fault(page, access, steps);
    if (result === 'SIGBUS') return result;
    if (access !== 'write' || result !== 'NOPAGE') return result;
    // The entry goes in read-only: the store faults once more, to be told of.
    steps.push({ call: 'dax_pfn_mkwrite' });
    this.ptes.get(page)!.writable = true;
    return result;
  }

  private do_dax_fault(page: number, access: Access, steps: DaxStep[]): FaultResult {
    steps.push({ call: 'do_dax_fault' });
    if (page >= Math.ceil(this.file.size / PAGE)) return 'SIGBUS';
    let extent = this.file.get_block(page, PAGE, false);
    const written = extent.kind === 'data';
    if (access === 'private') {
      if (written && !this.map(extent.sector, steps)) return 'SIGBUS';
      steps.push({ call: 'copy', bytes: PAGE });
      this.ptes.set(page, { pfn: -1, kind: 'copy', writable: true });
      return 'copied';
    }
    if (extent.kind === 'hole') {
      if (access === 'read') {
        steps.push({ call: 'dax_load_hole' });
        this.ptes.set(page, { pfn: -1, kind: 'hole', writable: false });
        return 'hole';
      }
      extent = this.file.get_block(page, PAGE, true);
    } else if (extent.kind === 'unwritten') extent = this.file.get_block(page, PAGE, false, true);
    if (!this.map(extent.sector, steps)) return 'SIGBUS';
    if (extent.kind === 'unwritten' || extent.isNew) steps.push({ call: 'clear_page', bytes: PAGE });
    this.file.written(page, page + 1);
    steps.push({ call: 'vm_insert_mixed', page });
    this.ptes.set(page, { pfn: extent.sector / 8, kind: 'device', writable: false });
    return 'NOPAGE';
  }

  private map(sector: number, steps: DaxStep[]): boolean {
    const mapped = dax_map_bh(this.bdev, sector, PAGE, steps, this.era);
    dax_unmap_bh(mapped, steps, this.era);
    return mapped.ret >= PAGE;
  }
}
