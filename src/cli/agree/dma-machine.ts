import type { DmaEvent } from '../../capture/trace/dma';
import { dmaParameters } from '../../engine/dma/cmdline';
import { dmaDirect } from '../../engine/dma/direct-6.12';
import { dmaIommu } from '../../engine/dma/iommu/dma-iommu-6.12';
import type { DmaOps } from '../../engine/dma/dma-ops';
import { IovaDomain612 } from '../../engine/dma/iommu/iova-6.12';
import { pci_iommu_alloc } from '../../engine/dma/select-6.12';
import { Swiotlb612 } from '../../engine/dma/swiotlb/swiotlb-6.12';
import { IO_TLB_SEGSIZE, IO_TLB_SIZE } from '../../engine/dma/swiotlb/swiotlb-pool';
import { SwiotlbPool612 } from '../../engine/dma/swiotlb/swiotlb-pool-6.12';
import { PAGE_SIZE } from '../../model/address';

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

export interface TracedOps {
  readonly ops: DmaOps;
  /** Of an IOMMU: tells where the trace has the next mapping, in case that only what was before the trace could tell. */
  readonly knows?: (bus: number, entries: readonly (readonly [phys: number, bytes: number])[]) => void;
}

/** Slots of the pool where nobody asked for another size: 64 MiB. */
const DEFAULT_SLOTS = 32768;

/** The DMA ops that 6.12 chooses. `first`: the first mapping that the trace shows. `caused`: what they print. */
export function opsOf(
  machine: DmaMachine,
  first: DmaEvent | undefined,
  caused: (event: string, text: string) => void,
): TracedOps {
  const parameters = dmaParameters(machine.cmdline);
  const hardware = machine.dmesg.includes('DMAR: IOMMU enabled') ? 'intel-vtd' : 'none';
  const max_pfn = Math.ceil(machine.memoryEnd / PAGE_SIZE);
  const { ops } = pci_iommu_alloc({ hardware, max_pfn, parameters });
  const printk = (text: string) => caused('printk', text);
  if (ops === 'dma-iommu') return translated(printk, caused);
  if (!parameters.swiotlb_force) return { ops: dmaDirect({ printk }) };
  // Where the pool begins is not printed: at a multiple of its groups, as every mapping of 126 slots shows.
  const [at = 0] = first?.bus ?? [];
  const group = IO_TLB_SIZE * IO_TLB_SEGSIZE;
  const pool = new SwiotlbPool612(at - (at % group), parameters.nslabs ?? DEFAULT_SLOTS);
  pool.areas[0]!.index = pool.slotOf(at);
  const swiotlb = new Swiotlb612({
    pool,
    copy: () => undefined,
    printk,
    trace: (_device, phys, size) => caused('swiotlb_bounced', `${phys.toString(16)}+${size}`),
  });
  return { ops: dmaDirect({ swiotlb, force: true, printk }) };
}

/**
 * An IOMMU whose CPU keeps addresses from before the trace. One that the trace did not free is given to it as if it had
 * been kept, if it can have been: aligned to its size, and nobody's. It then is the next one of its size.
 */
function translated(
  printk: (text: string) => void,
  caused: (event: string, text: string) => void,
): TracedOps {
  const iovad = new IovaDomain612();
  const live = new Map<number, number>();
  /** Addresses of each size, in pages, that the trace has freed and not given again. */
  const kept = new Map<number, number>();
  const roomOf = (pages: number) => 2 ** Math.ceil(Math.log2(pages));
  const keep = (room: number, count: number) => kept.set(room, (kept.get(room) ?? 0) + count);
  const ops = dmaIommu({
    iovad,
    aperture_end: 2 ** 39 - 1,
    printk,
    trace: ({ event, iova, size, paddr }) => {
      const where = `${iova.toString(16)}+${size}`;
      caused(event, paddr === undefined ? where : `${where} at ${paddr.toString(16)}`);
      if (event === 'map') return;
      live.delete(iova / PAGE_SIZE);
      keep(roomOf(size / PAGE_SIZE), 1);
    },
  });
  return {
    ops,
    knows(bus, entries) {
      const pages = entries.reduce(
        (sum, [phys, bytes]) => sum + Math.ceil(((phys % PAGE_SIZE) + bytes) / PAGE_SIZE),
        0,
      );
      const room = roomOf(pages);
      const pfn = Math.floor(bus / PAGE_SIZE);
      const free = [...live].every(([start, size]) => pfn + room <= start || start + size <= pfn);
      if ((kept.get(room) ?? 0) > 0) keep(room, -1);
      else if (pfn % room === 0 && free) iovad.free_iova_fast(pfn, pages);
      live.set(pfn, room);
    },
  };
}
