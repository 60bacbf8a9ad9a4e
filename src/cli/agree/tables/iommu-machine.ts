import { phys, type Phys, type PhysRange } from '../../../model/address';
import { DMA_ERROR_CODE } from '../../../engine/dma/nommu';
import { dma_capable, type DmaDevice, type DmaOps, type Mapping } from '../../../engine/dma/dma-ops';
import { amd_iommu } from '../../../engine/dma/iommu/amd-vi';
import { entryValue, type TableMemory, type Walk } from '../../../engine/dma/iommu/page-table';
import { DMA_32BIT_PFN } from '../../../engine/dma/iommu/iova';
import { pfnOf } from '../../../engine/dma/iommu/pages';
import { intel_iommu } from '../../../engine/dma/iommu/vt-d';
import { vtdHardware } from '../../../engine/dma/iommu/vt-d-hardware';
import { IO_TLB_SIZE, SwiotlbPool } from '../../../engine/dma/swiotlb/swiotlb-pool';
import { swiotlb } from '../../../engine/dma/swiotlb/swiotlb';
import type { Beside } from '../case';

/** DMA ops as the machine of a capture had them, and what its test driver could read of their state. */
export interface IommuMachine {
  readonly ops: DmaOps;
  readonly alloc_coherent: (device: DmaDevice, phys: number, size: number) => Mapping;
  readonly free_coherent: (device: DmaDevice, bus: number, size: number) => void;
  /** What a PTE row says of an address. */
  readonly pte: (device: DmaDevice, bus: number) => string;
  /** What an IOVAS row says. */
  readonly iovas: (device: DmaDevice) => string;
  /** Where the next search begins. Only where sequences leave something behind of which the capture is cut. */
  readonly resume?: (device: DmaDevice, address: number) => void;
  /** The next pages a device is given are these: it had others before the capture. */
  readonly startAt: (device: DmaDevice, bus: number, pages: number) => void;
  /** Some milliseconds pass: timers run. */
  readonly wait: () => void;
  readonly messages: readonly string[];
}

/** `ops`: what the capture says the device's ops are, "intel_map_page/intel_map_sg". */
export function iommuMachine(ops: string, requiredMask: number, beside: Beside): IommuMachine {
  if (ops.startsWith('intel_')) return intel(requiredMask, beside);
  return ops.startsWith('swiotlb_') ? bounce(beside) : amd(beside);
}

function intel(required_mask: number, beside: Beside): IommuMachine {
  const options = beside('cmdline.txt');
  let timer = idle;
  const messages: string[] = [];
  const iommu = intel_iommu({
    hardware: vtdHardware(BigInt(`0x${matched(/ cap ([0-9a-f]+)/, beside('boot-dmesg.txt'))[0]!}`)),
    strict: /\bintel_iommu=\S*\bstrict\b/.test(options),
    forcedac: /\bintel_iommu=\S*\bforcedac\b/.test(options),
    sp_off: /\bintel_iommu=\S*\bsp_off\b/.test(options),
    passthrough: /\biommu=pt\b/.test(options),
    required_mask,
    reserved: memoryBars(beside('pci.txt')),
    memory: tableMemory(),
    mod_timer: (_, run) => {
      timer = run;
    },
    printk: (message) => messages.push(message),
  });
  return {
    ops: iommu,
    alloc_coherent: iommu.alloc_coherent,
    free_coherent: iommu.free_coherent,
    pte(device, bus) {
      const domain = iommu.find_domain(device)!;
      const { gaw, agaw, iommu_superpage } = domain.width;
      return `gaw=${gaw};agaw=${agaw};flags=${domain.flags};superpage=${iommu_superpage};${walkText(domain.walk(bus))}`;
    },
    iovas(device) {
      const domain = iommu.find_domain(device);
      if (!domain) return 'no_domain';
      const { start_pfn, dma_32bit_pfn, cached32_node, ranges } = domain.iovad;
      const text = ranges.map(({ pfn_lo, pfn_hi }) => `${hex(pfn_lo)}-${hex(pfn_hi)} `).join('');
      return `start_pfn=${hex(start_pfn)};dma_32bit_pfn=${hex(dma_32bit_pfn)};cached32=${hex(cached32_node?.pfn_lo ?? 0)};ranges=${text}`;
    },
    startAt(device, bus, pages) {
      // All above them is in use.
      iommu.get_valid_domain_for_dev(device).iovad.reserve_iova(pfnOf(bus) + pages, DMA_32BIT_PFN);
    },
    wait: () => {
      const run = timer;
      timer = idle;
      run();
    },
    messages,
  };
}

function amd(beside: Beside): IommuMachine {
  const fullflush = /\bamd_iommu=fullflush\b/.test(beside('cmdline.txt'));
  const messages: string[] = [];
  const iommu = amd_iommu({
    fullflush,
    memory: tableMemory(),
    printk: (message) => messages.push(message),
  });
  const startAt = (device: DmaDevice, bus: number) => {
    iommu.domain_for_device(device).next_address = bus;
  };
  const state = (device: DmaDevice) => {
    const { next_address, aperture_size, need_flush } = iommu.domain_for_device(device);
    return `next_address=${hex(next_address)};aperture_size=${hex(aperture_size)};need_flush=${need_flush ? 1 : 0}`;
  };
  return {
    ops: iommu,
    alloc_coherent: iommu.alloc_coherent,
    free_coherent: iommu.free_coherent,
    pte(device, bus) {
      const domain = iommu.domain_for_device(device);
      return `mode=${domain.mode};flags=1;unmap_flush=${fullflush ? 1 : 0};${state(device)};${walkText(domain.walk(bus))}`;
    },
    iovas(device) {
      const used = iommu.domain_for_device(device).used();
      return `${state(device)};used=${used.map(([first, last]) => `${hex(first)}-${hex(last)} `).join('')}`;
    },
    resume: startAt,
    startAt,
    wait: () => undefined,
    messages,
  };
}

/** Without an IOMMU, and where an AMD one lets everything through: bounce buffers. */
function bounce(beside: Beside): IommuMachine {
  const [start, end] = matched(
    /software IO TLB \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/,
    beside('boot-dmesg.txt'),
  );
  const first = phys(start!);
  const pool = new SwiotlbPool(first, (phys(end!) - first) / IO_TLB_SIZE);
  const messages: string[] = [];
  const printk = (message: string) => messages.push(message);
  return {
    ops: swiotlb({ pool, overflow_buffer: 0, force: false, copy: () => undefined, printk }),
    // Pages that the device reaches are taken as they are (`x86_swiotlb_alloc_coherent`).
    alloc_coherent: (device, at, size) =>
      dma_capable(device, at, size) ? { bus: at, error: false } : { bus: DMA_ERROR_CODE, error: true },
    free_coherent: () => undefined,
    pte: () => 'no table',
    iovas: () => 'no domain',
    startAt: () => undefined,
    wait: () => undefined,
    messages,
  };
}

const idle = (): void => undefined;

/** Pages for tables, one after the other. Where the guest's allocator found its own is not compared. */
function tableMemory(): TableMemory {
  let next = 0x100000;
  return { get_zeroed_page: () => (next += 4096), free_page: () => undefined };
}

/** Memory BARs, of pci.txt: the lines of sysfs' `resource`, whose flags have IORESOURCE_MEM. */
function memoryBars(text: string): PhysRange[] {
  return [...text.matchAll(/^(0x[0-9a-f]+) (0x[0-9a-f]+) (0x[0-9a-f]+)$/gm)]
    .filter(([, , , flags]) => (Number(flags) & 0x200) !== 0)
    .map(([, start, last]) => ({ start: phys(start!), end: (phys(last!) + 1) as Phys }));
}

/** The entries of a walk as PTE rows have them. */
function walkText({ steps }: Walk): string {
  return steps.map((step) => `L${step.level}[${step.index}]=${hex(entryValue(step))}`).join(';');
}

function hex(value: number | bigint): string {
  return value.toString(16);
}

function matched(pattern: RegExp, text: string): string[] {
  const found = pattern.exec(text);
  if (!found) throw new RangeError(`nothing matches ${pattern.source}`);
  return found.slice(1);
}
