/** One DMA event of a trace (tracepoints of 6.12: dma, swiotlb, iommu). Addresses and sizes in bytes. */
export interface DmaEvent {
  readonly line: number;
  readonly task: string;
  readonly name: 'swiotlb_bounced' | 'map' | 'unmap' | 'dma_map' | 'dma_unmap' | 'dma_alloc' | 'dma_free';
  /** The PCI function, where the event names it. */
  readonly device: string;
  /** `DMA_TO_DEVICE` without its prefix. */
  readonly dir: string;
  /** Where each entry is in memory. */
  readonly phys: readonly number[];
  /** Bus addresses, one an entry that the device sees. */
  readonly bus: readonly number[];
  readonly sizes: readonly number[];
  /** Entries that the event does not show, there being too many. */
  readonly cut: number;
  readonly attrs: string;
}

const LINE =
  /^\s*(.{1,40}?-\d{1,8})\s+\[\d{1,4}\]\s+\S+\s+[\d.]+: (swiotlb_bounced|map|unmap|dma_(?:un)?map_(?:page|sg)|dma_alloc|dma_free): (.*)$/;

/** The DMA events of the text of a trace file, in its order. */
export function readDmaEvents(text: string): DmaEvent[] {
  return text.split('\n').flatMap((row, i) => {
    const [, task, name, rest] = LINE.exec(row.slice(0, 65536)) ?? [];
    return rest === undefined ? [] : [{ line: i + 1, task: task!, ...readEvent(name!, rest) }];
  });
}

function readEvent(name: string, rest: string): Omit<DmaEvent, 'line' | 'task'> {
  const hexes = (key: string): number[] => {
    const [, list = ''] = new RegExp(`\\b${key}=\\{?((?:0x)?[0-9a-f]+(?:,0x[0-9a-f]+)*)`).exec(rest) ?? [];
    return list === '' ? [] : list.split(',').map((word) => parseInt(word, 16));
  };
  const about = {
    device: /\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d\b/.exec(rest)?.[0] ?? '',
    dir: /\bdir=(\w+)/.exec(rest)?.[1] ?? '',
    attrs: /\battrs=(\S*)/.exec(rest)?.[1] ?? '',
    cut: [...rest.matchAll(/\b(?:nents|ents)=(\d+)\/(\d+)/g)].reduce(
      (cut, [, shown, all]) => cut + Number(all) - Number(shown),
      0,
    ),
  };
  const size = Number(/\bsize=(\d+)/.exec(rest)?.[1] ?? 0);
  switch (name) {
    case 'swiotlb_bounced':
      return { name, ...about, phys: hexes('dev_addr'), bus: [], sizes: [size] };
    case 'map':
    case 'unmap':
      return { name, ...about, phys: hexes('paddr'), bus: hexes('iova'), sizes: [size] };
    case 'dma_map_sg':
      return {
        name: 'dma_map',
        ...about,
        phys: hexes('phys_addrs'),
        bus: hexes('dma_addrs'),
        sizes: hexes('sizes'),
      };
    case 'dma_map_page':
      return { name: 'dma_map', ...about, phys: hexes('phys_addr'), bus: hexes('dma_addr'), sizes: [size] };
    case 'dma_unmap_sg':
      return { name: 'dma_unmap', ...about, phys: hexes('phys_addrs'), bus: [], sizes: [] };
    case 'dma_alloc':
    case 'dma_free':
      return { name, ...about, phys: [], bus: hexes('dma_addr'), sizes: [size] };
    default:
      return { name: 'dma_unmap', ...about, phys: [], bus: hexes('dma_addr'), sizes: [size] };
  }
}
