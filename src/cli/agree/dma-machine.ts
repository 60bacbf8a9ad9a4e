import type { DmaEvent } from '../../capture/trace/dma';
import { dmaParameters } from '../../engine/dma/cmdline';
import { dmaDirect } from '../../engine/dma/direct-6.12';
import { dmaIommu } from '../../engine/dma/dma-iommu-6.12';
import type { DmaOps } from '../../engine/dma/dma-ops';
import { IovaDomain612 } from '../../engine/dma/iova-6.12';
import { pci_iommu_alloc } from '../../engine/dma/select-6.12';
import { Swiotlb612 } from '../../engine/dma/swiotlb-6.12';
import { IO_TLB_SEGSIZE, IO_TLB_SIZE } from '../../engine/dma/swiotlb-pool';
import { SwiotlbPool612 } from '../../engine/dma/swiotlb-pool-6.12';

/** What lies beside a trace and says how its devices reach memory. */
export interface DmaMachine {
  readonly cmdline: string;
  readonly dmesg: string;
  /** Bytes of physical address space up to the end of RAM. */
  readonly memoryEnd: number;
  isNvme(device: string): boolean;
}

/** `cmdline.txt` and `dmesg-selected.txt` of the trace's folder. */
export function dmaMachine(cmdline: string, dmesg: string, memoryEnd: number): DmaMachine {
  const nvme = new Set([...dmesg.matchAll(/ nvme \w+: pci function ([0-9a-f:.]+)$/gm)].map(([, at]) => at));
  return { cmdline, dmesg, memoryEnd, isNvme: (device) => nvme.has(device) };
}

/** Slots of the pool where nobody asked for another size: 64 MiB. */
const DEFAULT_SLOTS = 32768;
const PAGE = 4096;

/** The DMA ops that 6.12 chooses, with what it has given out already: `first` is the first mapping that a trace shows. */
export function opsOf(
  machine: DmaMachine,
  first: DmaEvent | undefined,
  caused: (text: string) => void,
): DmaOps {
  const parameters = dmaParameters(machine.cmdline);
  const hardware = machine.dmesg.includes('DMAR: IOMMU enabled') ? 'intel-vtd' : 'none';
  const { ops } = pci_iommu_alloc({ hardware, max_pfn: Math.ceil(machine.memoryEnd / PAGE), parameters });
  const printk = caused;
  const [at = 0] = first?.bus ?? [];
  if (ops === 'dma-iommu') {
    const iovad = new IovaDomain612();
    const bytes = (first?.sizes ?? []).reduce((sum, size) => sum + size, at % PAGE);
    iovad.reserve_iova(Math.floor(at / PAGE) + Math.ceil(bytes / PAGE), 2 ** 20 - 1);
    return dmaIommu({
      iovad,
      aperture_end: 2 ** 39 - 1,
      printk,
      trace: ({ event, iova, size, paddr }) => caused(iommuText(event, iova, size, paddr)),
    });
  }
  if (!parameters.swiotlb_force) return dmaDirect({ printk });
  // Where the pool begins is not printed: at a multiple of its groups, as every mapping of 126 slots shows.
  const group = IO_TLB_SIZE * IO_TLB_SEGSIZE;
  const pool = new SwiotlbPool612(at - (at % group), parameters.nslabs ?? DEFAULT_SLOTS);
  pool.areas[0]!.index = pool.slotOf(at);
  const swiotlb = new Swiotlb612({
    pool,
    copy: () => undefined,
    printk,
    trace: (_device, phys, size) => caused(bounceText(phys, size)),
  });
  return dmaDirect({ swiotlb, force: true, printk });
}

export function bounceText(phys: number, size: number): string {
  return `swiotlb_bounced ${phys.toString(16)}+${size}`;
}

export function iommuText(event: string, iova: number, size: number, paddr?: number): string {
  return `${event} ${iova.toString(16)}+${size}${paddr === undefined ? '' : ` at ${paddr.toString(16)}`}`;
}
