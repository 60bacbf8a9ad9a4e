import { PAGE_SIZE } from '../../../model/address';
import type { SgTable } from '../../block/sg-table';
import type { DmaDevice, DmaOps } from '../dma-ops';
import type { SgPage } from '../scatterlist/sg-page';

/** DMA_ERROR_CODE of 32-bit ARM: all ones. */
const DMA_ERROR_CODE = 0xffffffff;
/** CONFIG_ARM_DMA_IOMMU_ALIGNMENT: runs are aligned to their own size, up to 2^8 pages. */
const MAX_ORDER = 8;

const pagesOf = (bytes: number) => Math.ceil(bytes / PAGE_SIZE);

export interface ArmIommuOptions {
  /** First I/O address, and how many pages there are. */
  readonly base: number;
  readonly pages: number;
  /** 4.1 takes the address from an entry's page; since the series' sg_phys() cleanup no page is asked for. */
  readonly sg_page?: SgPage | undefined;
}

/**
 * ARM's IOMMU ops join the entries of a list into one run wherever whole pages meet, so a device may see fewer entries
 * than were given (4.1: arch/arm/mm/dma-mapping.c; by reading).
 */
export function armIommu({ base, pages, sg_page }: ArmIommuOptions): DmaOps {
  const used = new Uint8Array(pages);
  const table = new Map<number, number>();
  const top = base / PAGE_SIZE;

  /** The first free run from the bottom. Gives an I/O address, or DMA_ERROR_CODE. */
  const __alloc_iova = (bytes: number): number => {
    const count = pagesOf(bytes);
    const align = 2 ** Math.min(Math.ceil(Math.log2(count)), MAX_ORDER);
    for (let start = 0; start + count <= pages; start += align) {
      if (used.subarray(start, start + count).includes(1)) continue;
      used.fill(1, start, start + count);
      return base + start * PAGE_SIZE;
    }
    return DMA_ERROR_CODE;
  };
  const iommu_map = (iova: number, phys: number, bytes: number): void => {
    for (let i = 0; i < pagesOf(bytes); i++) table.set(iova / PAGE_SIZE + i, phys / PAGE_SIZE + i);
  };
  const remove = (bus: number, bytes: number): void => {
    const first = Math.floor(bus / PAGE_SIZE);
    const count = pagesOf((bus % PAGE_SIZE) + bytes);
    for (let i = first; i < first + count; i++) table.delete(i);
    used.fill(0, first - top, first - top + count);
  };

  /** Maps the pages of entries `from` up to `to`, one after the other. */
  const __map_sg_chunk = (sg: SgTable, from: number, to: number, bytes: number): number => {
    const iova = __alloc_iova(bytes);
    if (iova === DMA_ERROR_CODE) return iova;
    let at = iova;
    for (let i = from; i < to; i++) {
      sg_page?.(sg, i);
      const phys = sg.phys[i]!;
      const offset = phys % PAGE_SIZE;
      iommu_map(at, phys - offset, offset + sg.length[i]!);
      at += pagesOf(offset + sg.length[i]!) * PAGE_SIZE;
    }
    return iova;
  };

  return {
    name: 'arm-iommu',
    map_page(_device, phys, size) {
      const offset = phys % PAGE_SIZE;
      const iova = __alloc_iova(offset + size);
      if (iova === DMA_ERROR_CODE) return { bus: iova, error: true };
      iommu_map(iova, phys - offset, offset + size);
      return { bus: iova + offset, error: false };
    },
    unmap_page: (_device, bus, size) => {
      remove(bus, size);
    },
    map_sg(device: DmaDevice, sg: SgTable) {
      const offsetOf = (i: number) => sg.phys[i]! % PAGE_SIZE;
      const max = device.max_segment_size ?? 65536;
      let count = 0;
      let start = 0;
      let size = offsetOf(0) + sg.length[0]!;
      const close = (end: number): boolean => {
        const iova = __map_sg_chunk(sg, start, end, size);
        if (iova === DMA_ERROR_CODE) return false;
        sg.dma_address[count] = iova + offsetOf(start);
        sg.dma_length[count] = size - offsetOf(start);
        count++;
        return true;
      };
      for (let i = 1; i <= sg.nents; i++) {
        const ends =
          i === sg.nents || offsetOf(i) !== 0 || size % PAGE_SIZE !== 0 || size + sg.length[i]! > max;
        if (ends && !close(i)) {
          for (let done = 0; done < count; done++) remove(sg.dma_address[done]!, sg.dma_length[done]!);
          return 0;
        }
        if (i === sg.nents) break;
        if (ends) {
          start = i;
          size = offsetOf(i);
        }
        size += sg.length[i]!;
      }
      sg.dma_length.fill(0, count, sg.nents);
      return count;
    },
    unmap_sg: (_device, sg) => {
      for (let i = 0; i < sg.nents && sg.dma_length[i]! > 0; i++)
        remove(sg.dma_address[i]!, sg.dma_length[i]!);
    },
    reach: (_device, bus) => {
      const page = table.get(Math.floor(bus / PAGE_SIZE));
      return page === undefined ? undefined : page * PAGE_SIZE + (bus % PAGE_SIZE);
    },
  };
}
