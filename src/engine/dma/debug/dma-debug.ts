import type { SgTable } from '../../block/sg-table';
import { PAGE_SIZE } from '../../../model/address';
import { __va, page_to_pfn, X86_64, type AddressSpace } from '../../memory/address-space';
import { DMA_BIDIRECTIONAL, type DmaDevice, type DmaDirection } from '../dma-ops';
import { ActiveCachelines } from './cachelines';
import type { SgPage } from '../scatterlist/sg-page';
import { DmaEntries, type DmaDebugEntry, type MappedAs, type Reference } from './entries';
import { directionName, hex16, syncFaults, unmapFaults } from './faults';

/** One WARN of dma-debug. */
export interface DmaDebugReport {
  /** The kernel function that warns. */
  readonly by: string;
  /** The text, from `DMA-API:` on; before it stand the driver's and the device's name. */
  readonly message: string;
  /** Which function recorded the mapping that the report is about: the top of its "Mapped at:" trace. */
  readonly mappedAt?: string;
}

/** Virtual addresses `start` to before `end`. */
export interface VirtualRange {
  readonly start: bigint;
  readonly end: bigint;
}

export interface DmaDebugOptions {
  readonly report: (device: DmaDevice, report: DmaDebugReport) => void;
  /** What is no report: dma-debug gives up. */
  readonly printk: (message: string) => void;
  /** `dma_mapping_error` of the DMA ops, for an address: on x86 DMA_ERROR_CODE, 0, unless they have their own. */
  readonly mappingError?: (bus: number) => boolean;
  /** Entries made at boot: 65536 on x86. */
  readonly entries?: number;
  /** debugfs `all_errors` and `num_errors`: report everything, or only so many, 1 unless told. */
  readonly all_errors?: boolean;
  readonly num_errors?: number;
  /** The stack of the running task: a DMA buffer on it is reported. */
  readonly stack?: VirtualRange;
  /** `_text` to `_etext` and read-only data, as addresses of the kernel mapping: their direct-map alias is not noticed. */
  readonly image?: readonly VirtualRange[];
  readonly space?: AddressSpace;
  /** What a posting's `sg_page` gives for entries of a list; without it every entry has a page. */
  readonly sg_page?: SgPage;
}

const PREALLOC_DMA_DEBUG_ENTRIES = 65536;

const RECORDED_BY: Readonly<Record<MappedAs, string>> = {
  single: 'debug_dma_map_page',
  page: 'debug_dma_map_page',
  'scather-gather': 'debug_dma_map_sg',
  coherent: 'debug_dma_alloc_coherent',
};

/** CONFIG_DMA_API_DEBUG of 4.1 (lib/dma-debug.c; every report checked by dmesg-dma-api-debug.txt). Addresses in bytes. */
export class DmaDebug {
  /** debugfs dma-api/: what was found wrong, whether or not it was printed. */
  error_count = 0;
  num_errors: number;
  num_free_entries: number;
  min_free_entries: number;
  disabled = false;

  private readonly active = new DmaEntries();
  private readonly cachelines: ActiveCachelines;
  private readonly space: AddressSpace;

  constructor(private readonly options: DmaDebugOptions) {
    this.num_errors = options.num_errors ?? 1;
    this.num_free_entries = this.min_free_entries = options.entries ?? PREALLOC_DMA_DEBUG_ENTRIES;
    this.cachelines = new ActiveCachelines(options.printk);
    this.space = options.space ?? X86_64;
  }

  /** `hasPage`: memory without a page, which only `dma_map_pfn` of the series can map, is on no stack and in no image. */
  debug_dma_map_page(
    device: DmaDevice,
    phys: number,
    size: number,
    direction: DmaDirection,
    dev_addr: number,
    map_single: boolean,
    hasPage = true,
  ): void {
    // Asking whether it failed counts as a check of an older mapping of the same address.
    if (this.disabled || this.dma_mapping_error(device, dev_addr)) return;
    if (!this.allocate()) return;
    if (hasPage) this.check_area(device, phys, size);
    this.add(device, map_single ? 'single' : 'page', phys, dev_addr, size, direction, 'not checked');
  }

  debug_dma_unmap_page(
    device: DmaDevice,
    dev_addr: number,
    size: number,
    direction: DmaDirection,
    map_single: boolean,
  ): void {
    const type = map_single ? 'single' : 'page';
    this.check_unmap({ type, device, dev_addr, size, direction, sg_call_ents: 0 });
  }

  /** The list, after the DMA ops mapped its `nents` entries into `mapped_ents`. */
  debug_dma_map_sg(device: DmaDevice, sg: SgTable, mapped_ents: number, direction: DmaDirection): void {
    for (let i = 0; i < mapped_ents && !this.disabled; i++) {
      if (!this.allocate()) return;
      const dma_length = sg.dma_length[i]!;
      const phys = this.sgPhys(sg, i);
      this.check_area(device, phys, dma_length);
      const ents = [sg.nents, mapped_ents] as const;
      const dev_addr = sg.dma_address[i]!;
      this.add(device, 'scather-gather', phys, dev_addr, dma_length, direction, 'not applicable', ents);
    }
  }

  debug_dma_unmap_sg(device: DmaDevice, sg: SgTable, direction: DmaDirection): void {
    this.walk(device, sg, direction, sg.nents, (ref) => this.check_unmap(ref));
  }

  /** `virt` and `phys`: where the CPU finds the memory. */
  debug_dma_alloc_coherent(
    device: DmaDevice,
    size: number,
    dev_addr: number,
    virt: bigint,
    phys: number,
  ): void {
    if (this.disabled || !this.allocate()) return;
    const at = coherentPhys(virt, phys);
    this.add(device, 'coherent', at, dev_addr, size, DMA_BIDIRECTIONAL, 'not applicable');
  }

  debug_dma_free_coherent(
    device: DmaDevice,
    size: number,
    virt: bigint,
    phys: number,
    dev_addr: number,
  ): void {
    const ref = { type: 'coherent', device, dev_addr, size, direction: DMA_BIDIRECTIONAL } as const;
    this.check_unmap({ ...ref, sg_call_ents: 0 }, coherentPhys(virt, phys));
  }

  /** `dma_mapping_error`: says whether a mapping failed, and notes for the first that was not yet asked about that it was. */
  dma_mapping_error(device: DmaDevice, bus: number): boolean {
    if (!this.disabled) {
      const entry = this.active.at(device, bus).find((e) => e.map_err_type === 'not checked');
      if (entry) entry.map_err_type = 'checked';
    }
    return this.options.mappingError?.(bus) ?? bus === 0;
  }

  /** `debug_dma_sync_single_for_cpu` and, with `to_cpu` false, `..._for_device`. */
  debug_dma_sync_single(
    device: DmaDevice,
    dev_addr: number,
    size: number,
    direction: DmaDirection,
    to_cpu: boolean,
  ): void {
    this.check_sync({ type: 'single', device, dev_addr, size, direction, sg_call_ents: 0 }, to_cpu);
  }

  debug_dma_sync_sg(device: DmaDevice, sg: SgTable, direction: DmaDirection, to_cpu: boolean): void {
    // An entry that was never mapped ends a sync in silence.
    this.walk(device, sg, direction, 0, (ref) => this.check_sync(ref, to_cpu));
  }

  /** `BUS_NOTIFY_UNBOUND_DRIVER`: the driver lets go of its device. */
  dma_debug_device_change(device: DmaDevice): void {
    const left = this.disabled ? [] : this.active.of(device);
    const entry = left.at(-1);
    if (!entry) return;
    this.err_printk(
      device,
      'dma_debug_device_change',
      `device driver has pending DMA allocations while released from device [count=${left.length}]\n` +
        `One of leaked entries details: [device address=${hex16(entry.dev_addr)}] [size=${entry.size} bytes] ` +
        `[mapped with ${directionName(entry.direction)}] [mapped as ${entry.type}]`,
      entry,
    );
  }

  /** `debug_dma_assert_idle`: the CPU is about to copy a page that a device may be writing to. */
  debug_dma_assert_idle(pfn: number): void {
    const found = this.cachelines.startingAt(pfn);
    if (!found) return;
    const { entry, cln } = found;
    const message = `cpu touching an active dma mapped cacheline [cln=${cln}]`;
    this.err_printk(entry.device, 'debug_dma_assert_idle', message, entry);
  }

  /** Entries of a list, each as something to look for. `unknown`: how many to look at where the first is not mapped. */
  private walk(
    device: DmaDevice,
    sg: SgTable,
    direction: DmaDirection,
    unknown: number,
    visit: (ref: Reference) => void,
  ): void {
    let mapped = unknown;
    for (let i = 0; i < sg.nents && !this.disabled; i++) {
      this.sgPhys(sg, i);
      const ref: Reference = {
        type: 'scather-gather',
        device,
        dev_addr: sg.dma_address[i]!,
        size: sg.dma_length[i]!,
        direction,
        sg_call_ents: sg.nents,
      };
      // What else begins at this address has no such number, and stands for "not mapped".
      if (i === 0) mapped = this.active.bucket_find_exact(ref)?.sg_mapped_ents || unknown;
      if (i >= mapped) return;
      visit(ref);
    }
  }

  private check_unmap(ref: Reference, phys?: number): void {
    if (this.disabled) return;
    const { device, dev_addr, size } = ref;
    const entry = this.active.bucket_find_exact(ref);
    if (!entry) {
      const message = this.dma_mapping_error(device, dev_addr)
        ? 'device driver tries to free an invalid DMA memory address'
        : `device driver tries to free DMA memory it has not allocated [device address=${hex16(dev_addr)}] [size=${size} bytes]`;
      this.err_printk(device, 'check_unmap', message);
      return;
    }
    for (const message of unmapFaults(entry, ref, phys))
      this.err_printk(device, 'check_unmap', message, entry);
    this.active.delete(entry);
    this.cachelines.remove(entry);
    this.num_free_entries++;
  }

  private check_sync(ref: Reference, to_cpu: boolean): void {
    if (this.disabled) return;
    const { device, dev_addr, size } = ref;
    const entry = this.active.bucket_find_contain(ref);
    if (!entry) {
      const what = `[device address=${hex16(dev_addr)}] [size=${size} bytes]`;
      const message = `device driver tries to sync DMA memory it has not allocated ${what}`;
      this.err_printk(device, 'check_sync', message);
      return;
    }
    for (const message of syncFaults(entry, ref, to_cpu))
      this.err_printk(device, 'check_sync', message, entry);
  }

  /** `check_for_stack` and `check_for_illegal_area`, of the direct map's address. */
  private check_area(device: DmaDevice, phys: number, length: number): void {
    const { stack, image = [] } = this.options;
    const start = __va(BigInt(phys), this.space);
    const end = start + BigInt(length);
    const addr = start.toString(16).padStart(this.space.wordBits / 4, '0');
    if (stack && start >= stack.start && start < stack.end)
      this.err_printk(device, 'check_for_stack', `device driver maps memory from stack [addr=${addr}]`);
    if (image.some((range) => end > range.start && start < range.end)) {
      const message = `device driver maps memory from kernel text or rodata [addr=${addr}] [len=${length}]`;
      this.err_printk(device, 'check_for_illegal_area', message);
    }
  }

  /** Takes one of the entries that were made at boot. */
  private allocate(): boolean {
    if (this.num_free_entries === 0) {
      this.options.printk('DMA-API: debugging out of memory - disabling');
      this.disabled = true;
      return false;
    }
    this.num_free_entries--;
    this.min_free_entries = Math.min(this.min_free_entries, this.num_free_entries);
    return true;
  }

  private add(
    device: DmaDevice,
    type: MappedAs,
    phys: number,
    dev_addr: number,
    size: number,
    direction: DmaDirection,
    map_err_type: DmaDebugEntry['map_err_type'],
    [sg_call_ents, sg_mapped_ents]: readonly [number, number] = [0, 0],
  ): void {
    const offset = phys % PAGE_SIZE;
    const pfn = (phys - offset) / PAGE_SIZE;
    const place = { pfn, offset, dev_addr, size, direction };
    const entry = { type, device, ...place, sg_call_ents, sg_mapped_ents, map_err_type };
    this.active.add(entry);
    this.cachelines.insert(entry);
  }

  /** `page_to_pfn(sg_page(s))`, as bytes, and the offset. */
  private sgPhys(sg: SgTable, i: number): number {
    const { sg_page } = this.options;
    const phys = sg.phys[i]!;
    return sg_page ? Number(page_to_pfn(sg_page(sg, i), this.space)) * PAGE_SIZE + (phys % PAGE_SIZE) : phys;
  }

  private err_printk(device: DmaDevice, by: string, text: string, entry?: DmaDebugEntry): void {
    this.error_count++;
    const { all_errors = false, report } = this.options;
    if (!all_errors && this.num_errors === 0) return;
    if (!all_errors) this.num_errors--;
    const message = `DMA-API: ${text}`;
    report(device, entry ? { by, message, mappedAt: RECORDED_BY[entry.type] } : { by, message });
  }
}

/**
 * Where dma-debug of 4.1 believes coherent memory to be: it takes the address's upper bits for the offset into the page.
 * Only whether two such numbers are the same has a meaning.
 */
function coherentPhys(virt: bigint, phys: number): number {
  return Number(BigInt.asUintN(64, BigInt(phys - (phys % PAGE_SIZE)) + (virt & ~0xfffn)));
}
