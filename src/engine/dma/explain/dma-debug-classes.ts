/** One report of dma-debug: the words that tell it from the others, and what is known about it. */
interface ReportClass {
  readonly says: string;
  readonly title: string;
  readonly by: string;
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly tries: readonly string[];
  /** A run of 4.1.3 printed it. */
  readonly captured: boolean;
}

const keepPair = 'Keep address, size and direction of each mapping in one place, and unmap with those.';

export const CLASSES: readonly ReportClass[] = [
  {
    says: 'failed to check map error',
    title: 'the result of a mapping was not checked',
    by: 'check_unmap()',
    meaning:
      'A mapping made by dma_map_page() or dma_map_single() is unmapped, and dma_mapping_error() was never called for it. The mapping was fine this time; a failed one would have gone to the device.',
    causes: ['The driver uses the address without dma_mapping_error().'],
    tries: [
      'Call dma_mapping_error() after every dma_map_page() and dma_map_single(); comparing with 0 is not enough.',
    ],
    captured: true,
  },
  {
    says: 'tries to free DMA memory it has not allocated',
    title: 'unmap of something that is not mapped',
    by: 'check_unmap()',
    meaning:
      'No mapping of this device starts at this address. With an IOMMU the damage differs: Intel in deferred mode frees the range twice (a crash elsewhere), in strict mode it warns.',
    causes: [
      'Unmapped twice.',
      'The address was changed (offset added) between map and unmap.',
      'The mapping belongs to another device.',
    ],
    tries: [keepPair, 'Clear the stored address after unmap.'],
    captured: true,
  },
  {
    says: 'tries to free an invalid DMA memory address',
    title: 'unmap of an error value',
    by: 'check_unmap()',
    meaning: 'The address given to unmap is the one that means failure.',
    causes: ['A mapping failed, the driver did not notice, and unmaps it.'],
    tries: ['Check dma_mapping_error() when mapping.'],
    captured: false,
  },
  {
    says: 'frees DMA memory with different size',
    title: 'unmap with another size than map',
    by: 'check_unmap()',
    meaning:
      'The mapping is longer or shorter than what is unmapped. With AMD-Vi only the given pages go and the rest leaks, with VT-d all go, with the swiotlb of 4.1 the wrong number of slots is freed.',
    causes: ['The driver unmaps what was transferred, not what was mapped.'],
    tries: [keepPair],
    captured: true,
  },
  {
    says: 'frees DMA memory with different direction',
    title: 'unmap with another direction than map',
    by: 'check_unmap()',
    meaning:
      'Whether swiotlb copies back, and which caches are cleaned, depends on the direction: data is lost or overwritten.',
    causes: ['A shared completion path that takes the direction from the wrong request.'],
    tries: [keepPair],
    captured: true,
  },
  {
    says: 'frees DMA memory with wrong function',
    title: 'unmap with the wrong function',
    by: 'check_unmap()',
    meaning:
      'What one function mapped, another kind of function unmaps: page, single, scatter-gather and coherent memory each have their own.',
    causes: [
      'dma_map_page() paired with dma_unmap_single(), dma_alloc_coherent() with dma_unmap_*(), or the like.',
    ],
    tries: ['Use the unmap function of the pair.'],
    captured: true,
  },
  {
    says: 'frees DMA memory with different CPU address',
    title: 'coherent memory freed with another kernel address',
    by: 'check_unmap()',
    meaning: 'dma_free_coherent() got a bus address and a kernel address that do not belong together.',
    causes: ['Two buffers confused.'],
    tries: [keepPair],
    captured: false,
  },
  {
    says: 'frees DMA sg list with different entry count',
    title: 'scatterlist unmapped with another number of entries',
    by: 'check_unmap()',
    meaning:
      'dma_unmap_sg() takes the number of entries that was given to dma_map_sg(), not the number it returned. Each entry of the list is reported by itself.',
    causes: ['The returned number, smaller when entries were joined, is passed to unmap.'],
    tries: ['Keep both numbers; or use dma_map_sgtable(), which does.'],
    captured: true,
  },
  {
    says: 'maps memory from stack',
    title: 'the buffer is on the stack',
    by: 'check_for_stack()',
    meaning:
      'A buffer on a kernel stack shares cache lines with other variables, and with CONFIG_VMAP_STACK it is not even in the linear map.',
    causes: ['A small command or status buffer declared as a local variable.'],
    tries: ['Allocate the buffer with kmalloc().'],
    captured: true,
  },
  {
    says: 'maps memory from kernel text or rodata',
    title: 'the buffer is in the kernel image',
    by: 'check_for_illegal_area()',
    meaning:
      'Code and constants of the kernel are no buffers. In 4.1 only the address in the kernel mapping is noticed; the same bytes through the linear map are not.',
    causes: ['A const table or string passed to a device.'],
    tries: ['Copy it into memory from kmalloc().'],
    captured: false,
  },
  {
    says: 'tries to sync DMA memory it has not allocated',
    title: 'sync of something that is not mapped',
    by: 'check_sync()',
    meaning:
      'No mapping of this device holds the range. In 4.1 a sync that is longer than its mapping is reported in these words, too.',
    causes: ['A sync after unmap, or with a wrong address.', 'A sync longer than the mapping.'],
    tries: ['Compare the size in the report with that of the mapping.'],
    captured: true,
  },
  {
    says: 'syncs DMA memory outside allocated range',
    title: 'sync beyond the end of the mapping',
    by: 'check_sync()',
    meaning: 'The sync starts within a mapping and ends behind it.',
    causes: ['Offset and size do not fit together.'],
    tries: ['Sync at most what is mapped.'],
    captured: false,
  },
  {
    says: 'syncs DMA memory with different direction',
    title: 'sync with another direction than map',
    by: 'check_sync()',
    meaning: 'The direction of a sync has to be that of its mapping (a bidirectional mapping takes all).',
    causes: ['for_cpu and for_device confused with the direction: the direction stays the same for both.'],
    tries: ['Pass the direction of the mapping.'],
    captured: true,
  },
  {
    says: 'syncs device read-only DMA memory for cpu',
    title: 'sync for the CPU of what the device only reads',
    by: 'check_sync()',
    meaning: 'The mapping is DMA_TO_DEVICE, so there is nothing new for the CPU to see.',
    causes: ['A sync too much, or a mapping with the wrong direction.'],
    tries: ['Drop the sync, or map DMA_BIDIRECTIONAL.'],
    captured: false,
  },
  {
    says: 'syncs device write-only DMA memory to device',
    title: 'sync for the device of what it only writes',
    by: 'check_sync()',
    meaning: 'The mapping is DMA_FROM_DEVICE, and data for the device is synced.',
    causes: ['A sync with DMA_TO_DEVICE on a receive buffer.'],
    tries: ['Pass DMA_FROM_DEVICE, or map DMA_BIDIRECTIONAL.'],
    captured: false,
  },
  {
    says: 'syncs DMA sg list with different entry count',
    title: 'scatterlist synced with another number of entries',
    by: 'check_sync()',
    meaning: 'dma_sync_sg_*() takes the number of entries that was given to dma_map_sg().',
    causes: ['The returned number is passed to sync.'],
    tries: ['Keep both numbers; or use dma_sync_sgtable_*().'],
    captured: false,
  },
  {
    says: 'has pending DMA allocations while released from device',
    title: 'a driver left mappings behind',
    by: 'dma_debug_device_change()',
    meaning:
      'The driver was unbound and did not unmap everything. One of the mappings is described in the lines after it.',
    causes: ['A path in remove() or in error handling without unmap.'],
    tries: ['Start with the mapping that is described.'],
    captured: false,
  },
  {
    says: 'mapping sg segment longer than device claims to support',
    title: 'a segment is longer than the device says it takes',
    by: 'check_sg_segment() (since 4.18, CONFIG_DMA_API_DEBUG_SG)',
    meaning:
      'An entry of the list is longer than dma_get_max_seg_size(). Often only the driver has not said what its device can do.',
    causes: [
      'The driver never called dma_set_max_seg_size(): 64 KiB is assumed.',
      'The list was built without asking.',
    ],
    tries: ['dma_set_max_seg_size() in the driver.'],
    captured: false,
  },
  {
    says: 'mapping sg segment across boundary',
    title: 'a segment crosses the boundary of the device',
    by: 'check_sg_segment() (since 4.18, CONFIG_DMA_API_DEBUG_SG)',
    meaning: 'A mapped segment crosses an address at which the device wraps around or stops.',
    causes: ['dma_set_seg_boundary() not called, or a list joined without asking.'],
    tries: ['dma_set_seg_boundary() in the driver, or blk_queue_segment_boundary() for its queue.'],
    captured: false,
  },
  {
    says: 'cacheline tracking EEXIST',
    title: 'two mappings share a cache line',
    by: 'add_dma_entry() (since 5.14)',
    meaning:
      'Two mappings that are active at once lie in one cache line, and a device writes to at least one: on machines whose caches are not coherent, one overwrites the other.',
    causes: [
      'Small buffers side by side in one structure.',
      'The same buffer mapped twice (an import of dma-buf, a shared page).',
    ],
    tries: ['Align buffers to dma_get_cache_alignment(), or allocate them apart.'],
    captured: false,
  },
  {
    says: 'overlapping mappings of',
    title: 'one cache line is mapped many times',
    by: 'active_cacheline_inc_overlap(), called by add_dma_entry()',
    meaning:
      'dma-debug counts at most 7 mappings of one cache line; more is mostly a leak, but sharing a page on purpose does it, too.',
    causes: [
      'Mappings that are never unmapped.',
      'The same page mapped many times (registered memory of RDMA).',
    ],
    tries: ['Watch /sys/kernel/debug/dma-api/num_free_entries: does it only fall?'],
    captured: false,
  },
];
