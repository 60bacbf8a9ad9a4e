import type { Fact, Groups, Kind } from './kind';
import { bytes, ceilDiv, count, decimal } from './numbers';

/** IO_TLB_SHIFT and IO_TLB_SEGSIZE: the same in 4.1 and 6.12. */
const SLOT = 2048n;
const GROUP = 128n;
const MOST = SLOT * GROUP;
/** io_tlb_overflow of 4.1. */
const OVERFLOW = 32n * 1024n;

const FULL_4_1 = '4.1: lib/swiotlb.c, swiotlb_tbl_map_single()';
const FULL_TODAY = '6.12: kernel/dma/swiotlb.c, swiotlb_tbl_map_single()';
const RUN = 'run of 4.1.3: captures-2015/plain-4.1.3/dmesg-swiotlb-force-1M.txt';

const TRIES_FOR_SIZE = [
  'Make the I/O smaller: lower /sys/block/DISK/queue/max_sectors_kb to 256 or less; a scatterlist entry, not the whole request, has to fit.',
  'In a driver: keep max_segment_size (and the size of single mappings) at or below dma_max_mapping_size(), which accounts for swiotlb.',
  'Avoid the bounce: a device (or its driver) with a DMA mask that covers all memory, or an IOMMU switched on.',
  'A bigger pool (swiotlb=N) does not help: the limit is a property of one mapping.',
];
const TRIES_FOR_SPACE = [
  'Make the pool bigger: boot with swiotlb=N, N in slots of 2 KiB, rounded up to 128 (65536 is 128 MiB).',
  'See who uses it: /sys/kernel/debug/swiotlb/io_tlb_used (newer kernels), or the swiotlb_bounced tracepoint.',
  'Remove what forces the bounce: swiotlb=force or iommu=soft on the command line, a 32-bit DMA mask, an IOMMU that is switched off.',
  'Lower the number of requests in flight or their size (queue/nr_requests, queue/max_sectors_kb).',
];

export const swiotlbFull: Kind = {
  id: 'swiotlb-full',
  looks: 'swiotlb buffer is full (sz: N bytes)[, total N (slots), used N (slots)]',
  pattern:
    /(?:(?<device>\S{1,80}): )?swiotlb buffer is full \(sz: (?<size>\d{1,20}) bytes\)(?:, total (?<total>\d{1,20}) \(slots\), used (?<used>\d{1,20}) \(slots\))?/,
  tell(groups) {
    const size = decimal(groups['size']);
    const tooBig = size > MOST;
    const modern = groups['total'] !== undefined;
    return {
      title: tooBig ? 'swiotlb: the mapping is bigger than any can be' : 'swiotlb: no run of free slots',
      printedBy: `swiotlb_tbl_map_single(), ${modern ? 'kernel/dma/swiotlb.c (lib/swiotlb.c before 4.18)' : 'lib/swiotlb.c'}`,
      meaning:
        'The device cannot reach the memory of this I/O (or bouncing is forced), so the kernel wanted to copy it through the swiotlb pool, and found no place there. ' +
        `The pool is cut into slots of 2 KiB. A mapping takes contiguous slots and never crosses a group of 128 slots, so it has at most 128 slots = ${bytes(MOST)}, however big the pool is. ` +
        (modern
          ? 'The mapping fails with DMA_MAPPING_ERROR; a block driver usually retries the request or ends it with an error.'
          : 'In 4.1 dma_map_sg() then returns 0; dma_map_page() also prints "Out of SW-IOMMU space" and gives the address of the overflow buffer.'),
      numbers: [...deviceFact(groups), sizeFact(size, modern), ...poolFacts(groups, size)],
      causes: tooBig
        ? [
            `One buffer of ${bytes(size)}, more than ${bytes(MOST)}: this mapping fails always, also with an empty pool.`,
            'The driver (or the layer above) builds segments without asking how big a swiotlb mapping can be.',
          ]
        : [
            'Many mappings at once: the pool really is used up.',
            'Fragments: free slots are there, but not enough of them side by side within one group of 128, or not within the segment boundary and alignment of the device.',
            'Mappings that are never unmapped (CONFIG_DMA_API_DEBUG finds them).',
          ],
      tries: tooBig ? TRIES_FOR_SIZE : TRIES_FOR_SPACE,
      sources: [modern ? FULL_TODAY : FULL_4_1, RUN],
    };
  },
};

function deviceFact(groups: Groups): Fact[] {
  const device = groups['device'];
  return device === undefined ? [] : [{ says: device, means: 'the device the mapping is for' }];
}

function sizeFact(size: bigint, modern: boolean): Fact {
  const slots = ceilDiv(size, SLOT);
  const needs = `${bytes(size)}: needs ${count(slots, 'slot')} of 2 KiB side by side`;
  const limit =
    size > MOST ? `; a mapping has at most ${GROUP}, so it can never succeed` : ` of the ${GROUP} in a group`;
  return {
    says: `sz: ${size} bytes`,
    means: `${needs}${limit}${modern ? ' (newer kernels count the offset and alignment in the slot with it)' : ''}`,
  };
}

function poolFacts(groups: Groups, size: bigint): Fact[] {
  if (groups['total'] === undefined || groups['used'] === undefined) return [];
  const total = decimal(groups['total']);
  const used = decimal(groups['used']);
  const free = total > used ? total - used : 0n;
  return [
    {
      says: `total ${total} (slots)`,
      means:
        total === 0n
          ? 'there is no pool at all: swiotlb was not set up, or its memory could not be had'
          : `the pool has ${bytes(total * SLOT)} in ${count(ceilDiv(total, GROUP), 'group')} of 128 slots`,
    },
    { says: `used ${used} (slots)`, means: `${bytes(used * SLOT)} in use. ${whyFull(total, free, size)}` },
  ];
}

function whyFull(total: bigint, free: bigint, size: bigint): string {
  const needed = ceilDiv(size, SLOT);
  if (total === 0n) return 'Without a pool nothing can be bounced.';
  if (needed > GROUP)
    return `${count(free, 'slot')} are free, and yet it is "full": no group has ${needed} slots, free or not.`;
  if (free < needed) return `${count(free, 'slot')} are free: fewer than the ${needed} that are needed.`;
  return `${count(free, 'slot')} are free, but no group has ${needed} of them side by side where the device may use them.`;
}

export const outOfSwIommu: Kind = {
  id: 'swiotlb-out-of-space',
  looks: 'DMA: Out of SW-IOMMU space for N bytes at device D',
  pattern:
    /(?:(?<before>\S{1,80}): )?(?:PCI-)?DMA: Out of SW-IOMMU space for (?<size>\d{1,20}) bytes(?: at device (?<device>\S{1,80}))?/,
  tell(groups) {
    const size = decimal(groups['size']);
    const device = groups['device'] ?? groups['before'];
    return {
      title: 'swiotlb: dma_map_page() got no place in the pool',
      printedBy: 'swiotlb_full(), lib/swiotlb.c (kernels before 5.0)',
      meaning:
        'Follows "swiotlb buffer is full" for dma_map_page() and dma_map_single(). The function cannot report failure except by its address: it returns the address of the 32 KiB overflow buffer, for which dma_mapping_error() is true. ' +
        'A driver that does not check this lets the device work on that shared buffer: wrong data, silently. For more than 32 KiB the kernel panics.',
      numbers: [
        {
          says: `${size} bytes`,
          means:
            size > OVERFLOW
              ? `${bytes(size)}, more than the 32 KiB of the overflow buffer: the kernel panics with "DMA: Random memory could be DMA …"`
              : `${bytes(size)}: fits into the 32 KiB of the overflow buffer, so the kernel goes on` +
                (size > MOST ? '' : `; it needed ${count(ceilDiv(size, SLOT), 'slot')} side by side`),
        },
        ...(device === undefined ? [] : [{ says: device, means: 'the device the mapping is for' }]),
      ],
      causes: ['The pool is full or cut into pieces; see "swiotlb buffer is full".'],
      tries: [
        ...TRIES_FOR_SPACE,
        'In the driver: check dma_mapping_error() after every dma_map_page() and dma_map_single().',
      ],
      sources: [
        '4.1: lib/swiotlb.c, swiotlb_full() and swiotlb_map_page()',
        'run of 4.1.3: captures-2015/plain-4.1.3/dmesg-swiotlb-force-1M.txt',
      ],
    };
  },
};

export const swiotlbPanic: Kind = {
  id: 'swiotlb-panic',
  looks: 'Kernel panic - not syncing: DMA: Random memory could be DMA read',
  pattern: /DMA: Random memory could be DMA (?<how>accessed|read|written)/,
  tell(groups) {
    const how = groups['how'] ?? '';
    const direction = { read: 'DMA_TO_DEVICE', written: 'DMA_FROM_DEVICE' }[how] ?? 'DMA_BIDIRECTIONAL';
    return {
      title: 'swiotlb: panic, the overflow buffer is too small',
      printedBy: 'swiotlb_full(), lib/swiotlb.c (kernels before 5.0)',
      meaning:
        'dma_map_page() or dma_map_single() found no place in the swiotlb pool for more than 32 KiB. The overflow buffer, which it would return otherwise, is shorter, and the device would work on whatever lies behind it; the kernel stops instead.',
      numbers: [{ says: how, means: `the direction of the mapping was ${direction}` }],
      causes: ['One mapping of more than 32 KiB while the pool was full; it is named in the lines before.'],
      tries: TRIES_FOR_SPACE,
      sources: [
        '4.1: lib/swiotlb.c, swiotlb_full()',
        'run of 4.1.3: captures-2015/plain-4.1.3/serial-swiotlb-full-panic.txt',
      ],
    };
  },
};

export const swiotlbSizeZero: Kind = {
  id: 'swiotlb-size-zero',
  looks: 'kernel BUG at lib/swiotlb.c:464!',
  pattern: /kernel BUG at (?:lib|kernel\/dma)\/swiotlb\.c:(?<at>\d{1,6})!/,
  tell(groups) {
    const at = groups['at'] ?? '';
    return {
      title: 'swiotlb: BUG in the search for slots',
      printedBy: 'a BUG_ON() of swiotlb; the RIP line below names the function',
      meaning:
        'In 4.1.3 line 464 is the check that at least one slot is asked for: a driver mapped 0 bytes of a buffer that has to bounce. The IOMMU drivers and nommu take a size of 0; swiotlb does not.',
      numbers: [
        {
          says: `:${at}`,
          means:
            at === '464'
              ? 'the line in 4.1.3 that a mapping of size 0 reaches'
              : 'another line than the one of 4.1.3 (464): look it up in the source of the running kernel',
        },
      ],
      causes: ['A mapping of size 0.'],
      tries: ['Find the caller of dma_map_*() in the call trace, and do not map empty buffers.'],
      sources: ['run of 4.1.3: captures-2015/iommu-4.1.3/oops/swiotlb-map-size-0-bug.txt'],
    };
  },
};
