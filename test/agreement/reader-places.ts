/**
 * Places in real kernel trees: in each file, by word, what a hover shows there. Of the kernel's text there are only
 * its identifiers here.
 *
 * `name` is the first occurrence of the word, `name#2` the third; `name/variant` means the other contract of the
 * name, and `!name` a place where the word is not the catalogue's and nothing is shown.
 */
export const PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '4.1.3': {
    'block/bio.c': 'bio_vec bv_page bio_add_page#1 bvec_iter',
    'block/blk-merge.c': 'bio#1 bi_iter bi_io_vec bi_vcnt#1 !bio',
    'block/bounce.c': 'bi_flags bi_end_io bi_private bv_len',
    'include/linux/bio.h': 'bvec_to_phys for_each_bvec bio_page bio_to_phys',
    'include/linux/scatterlist.h':
      'virt_to_page page_address#1 page_to_phys#2 nth_page sg_chain_ptr sg_is_last',
    'lib/scatterlist.c': 'kmap_atomic kmap kunmap kunmap_atomic',
    'lib/swiotlb.c':
      'DMA_TO_DEVICE DMA_FROM_DEVICE DMA_BIDIRECTIONAL#1 dma_capable swiotlb_tbl_map_single swiotlb_bounce',
    'fs/dax.c': 'offset_in_page bdev_direct_access dax_do_io#1 dax_clear_blocks',
    'fs/block_dev.c': 'EOPNOTSUPP direct_access',
    'drivers/block/brd.c': 'bi_sector bi_size bi_bdev bi_rw',
    'drivers/block/pmem.c': 'bv_offset bio_endio bio_end_sector bio_for_each_segment',
    'arch/x86/kernel/pci-nommu.c': 'DMA_ERROR_CODE dma_map_ops map_page map_sg#1',
    'drivers/md/dm.c': 'bio_flagged BIO_UPTODATE bio_alloc_bioset#1 bio_init',
    'virt/kvm/kvm_main.c': 'pfn_t/kvm pfn_to_page page_to_pfn pfn_valid !EOPNOTSUPP',
    'arch/um/include/asm/page.h': '__va __pa !pfn_to_phys pfn_t/um',
    'include/linux/dma-mapping.h': 'dma_map_single dma_map_single_attrs dma_unmap_single !max_segment_size',
  },
  '6.1': {
    'block/bio.c': 'bio_vec bvec_set_page/today bv_page bvec_kmap_local',
    'block/blk-merge.c': 'mp_bvec_iter_bvec bio#1 bvec_iter bi_iter !bio !scatterlist',
    'include/linux/bvec.h': 'memcpy_from_bvec#1 memcpy_to_bvec#1 memzero_bvec#1 bvec_virt#1',
    'include/linux/scatterlist.h': 'virt_to_page page_address#1 page_to_phys#2 nth_page',
    'lib/scatterlist.c': 'kmap_atomic kmap kunmap kunmap_atomic',
    'include/linux/pfn_t.h': 'PFN_DEV#1 PFN_MAP#1 pfn_t#1 page_to_pfn_t',
    'include/linux/highmem-internal.h': 'kmap_atomic_pfn kmap_local_page kunmap_local#1 kmap_local_pfn',
    'include/linux/memremap.h': 'CONFIG_ZONE_DEVICE memremap_pages devm_memremap_pages#1 dev_pagemap#1',
    'kernel/dma/mapping.c': 'EREMOTEIO dma_map_page_attrs dma_map_sgtable#1 dma_map_resource',
    'kernel/dma/direct.c': 'DMA_MAPPING_ERROR DMA_ATTR_SKIP_CPU_SYNC DMA_FROM_DEVICE dma_capable',
    'fs/dax.c': 'pfn_to_pfn_t/merged pfn_t_to_pfn pfn_t_devmap pfn_to_page',
    'drivers/nvdimm/pmem.c': 'phys_to_pfn_t bi_sector bi_bdev bi_opf !pfn_t',
    'drivers/nvme/host/pci.c': 'bv_len bv_offset !max_hw_sectors !max_segments',
    'drivers/pci/p2pdma.c': 'sg_phys sg_page#1 scatterlist#2 sg_set_buf',
    'block/blk-settings.c': 'queue_limits#1 max_sectors max_segment_size seg_boundary_mask',
    'virt/kvm/kvm_main.c': 'page_to_pfn pfn_valid __va offset_in_page',
  },
  '6.12': {
    'block/bio.c': 'bio_vec bvec_set_page/today bv_page bvec_kmap_local',
    'block/blk-merge.c': 'bvec_phys mp_bvec_iter_bvec bio#1 bvec_iter !bio !max_sectors',
    'block/blk.h': 'bi_iter bi_io_vec#1 bi_vcnt bi_sector',
    'block/bounce.c': 'memcpy_from_bvec memcpy_to_bvec bvec_iter_all BVEC_ITER_ALL_INIT',
    'include/linux/bvec.h': 'bvec_set_folio#1 bvec_set_virt#1 memzero_bvec#1 bvec_virt#1',
    'include/linux/scatterlist.h': 'virt_to_page page_address#1 page_to_phys#2 nth_page',
    'include/linux/pfn_t.h': 'PFN_DEV#1 PFN_MAP#1 pfn_t#1 page_to_pfn_t',
    'kernel/dma/swiotlb.c': 'DMA_MAPPING_ERROR DMA_ATTR_SKIP_CPU_SYNC DMA_TO_DEVICE DMA_FROM_DEVICE#1',
    'kernel/dma/direct.c': 'EREMOTEIO dma_capable phys_to_dma dma_to_phys',
    'kernel/dma/mapping.c': 'dma_map_page_attrs dma_map_sgtable#1 dma_map_resource DMA_BIDIRECTIONAL',
    'mm/memremap.c': 'pfn_to_page __va PFN_PHYS PHYS_PFN',
    'fs/dax.c': 'pfn_to_pfn_t/merged pfn_t_to_pfn pfn_t_devmap kmap_atomic',
    'drivers/dax/super.c': 'EOPNOTSUPP direct_access dax_direct_access#1 dax_device#2',
    'drivers/nvdimm/pmem.c': 'phys_to_pfn_t bi_bdev bi_opf bi_status !submit_bio !memremap !pfn_t',
    'block/blk-core.c': 'bi_size bio_flagged bio_set_flag bio_endio/today',
    'drivers/nvme/host/pci.c': 'bv_len bv_offset !max_hw_sectors !max_segments !memremap',
    'lib/scatterlist.c': '!EOPNOTSUPP !sg_flags !scatterlist',
    'virt/kvm/kvm_main.c': '!EOPNOTSUPP',
  },
};
