import type { SeriesFile } from '../series-file';

/** Disks of drivers/block and Axon. */
export const disks: readonly SeriesFile[] = [
  {
    file: 'arch/powerpc/sysdev/axonram.c',
    lines: 13,
    graph: '++-',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 10, certainty: 'inferred' },
    ],
    role: 'driver',
    access: 'page_address',
    touches: 'axon_ram_make_request() copies by CPU between the bank and page_address() of each vector.',
    changes:
      'The vector is read through bvec_page(); ->direct_access gives a __pfn_t with PFN_DEV and no kernel address.',
    pageless: {
      outcome: 'fault',
      sentence:
        'page_address() of a NULL page is an address nothing is mapped at: the first memcpy() faults.',
    },
    today: {
      fate: 'removed',
      sentence:
        'The Axon driver is gone; its bank was one of the few disks that DAX could use without a page.',
    },
  },
  {
    file: 'drivers/block/aoe/aoecmd.c',
    lines: 8,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'sendpage',
    touches:
      'skb_fillup() hangs the pages of a bio into a network packet as fragments, and bio_pageinc() takes their reference counts by hand.',
    changes: 'All four reads of a vector’s page go through bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'bio_pageinc() looks for the head of a NULL page before the first packet leaves: the read of its flags faults.',
    },
    today: {
      fate: 'same',
      sentence:
        'The counts are gone; skb_fill_page_desc() still wants a page, and the receive side maps with bvec_kmap_local().',
    },
  },
  {
    file: 'drivers/block/brd.c',
    lines: 7,
    graph: '+-',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 10, certainty: 'inferred' },
    ],
    role: 'driver',
    access: 'kmap',
    touches:
      'brd_do_bvec() copies between a RAM page of the disk and the vector’s page, both mapped with kmap_atomic().',
    changes:
      'The vector is read with bvec_page(); brd_direct_access() gives page_to_pfn_t() of its page and no address.',
    pageless: {
      outcome: 'fault',
      sentence:
        'kmap_atomic(NULL) gives an address in the middle of nowhere, and copy_to_brd() faults on it.',
    },
    today: {
      fate: 'same',
      sentence: 'brd_do_bvec() is still handed bv_page; ->direct_access is gone with DAX on brd.',
    },
  },
  {
    file: 'drivers/block/drbd/drbd_bitmap.c',
    lines: 5,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'stores-page',
    touches:
      'Writes the bitmap of dirty blocks from its own pages; drbd_bm_endio() finds the bitmap page by bi_io_vec[0].',
    changes: 'The index and the freeing read the page with bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence: 'Bitmap pages are allocated by DRBD itself, so no page-less vector comes here.',
    },
    today: { fate: 'same', sentence: 'drbd_bm_endio() still finds its page in bi_io_vec[0].bv_page.' },
  },
  {
    file: 'drivers/block/drbd/drbd_main.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'sendpage',
    touches:
      '_drbd_send_zc_bio() gives each page to the socket’s sendpage(), or copies it by kmap() if nobody may hold the page.',
    changes: 'Both send loops pass bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence: 'The choice between the two asks page_count(), which reads the flags of a NULL page first.',
    },
    today: {
      fate: 'same',
      sentence: 'Pages go to sock_sendmsg() with MSG_SPLICE_PAGES in an ITER_BVEC; sendpage() is gone.',
    },
  },
  {
    file: 'drivers/block/drbd/drbd_receiver.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches:
      'recv_dless_read() receives a peer’s answer straight into the pages of the read, each held by kmap() while the socket sleeps.',
    changes: 'kmap() and kunmap() are asked for bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'The receive lands at the address of a NULL page: the copy out of the socket buffer fails with a fault.',
    },
    today: { fate: 'same', sentence: 'The vector is mapped with bvec_kmap_local() for the receive.' },
  },
  {
    file: 'drivers/block/drbd/drbd_worker.c',
    lines: 3,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'dma',
    touches: 'drbd_csum_bio() feeds each vector to a hash through a scatterlist of one entry.',
    changes: 'sg_set_page() gets bvec_page() of the segment.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The hash walks the entry by kmap of its page; with NULL in the entry the digest code faults.',
    },
    today: { fate: 'same', sentence: 'The digest is a shash now, updated over bvec_kmap_local().' },
  },
  {
    file: 'drivers/block/floppy.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'copy_buffer() moves sectors between the track buffer and page_address() of each vector, and DMA uses the bio’s own memory if it is contiguous.',
    changes: 'Three uses of the page go through the helpers.',
    pageless: {
      outcome: 'fault',
      sentence:
        'buffer_chain_size() compares fabricated addresses and copy_buffer() writes to one: a fault, before any motor turns.',
    },
    today: { fate: 'same', sentence: 'The copies are memcpy_to_bvec() and memcpy_from_bvec().' },
  },
  {
    file: 'drivers/block/loop.c',
    lines: 13,
    graph: '++-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'stores-page',
    touches:
      'A worker reads and writes the backing file: through an ITER_BVEC over the bio’s vectors, or by a transfer function between pages.',
    changes: 'The vectors of the transfers are set and read with the helpers.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The plain path hands the vectors on untouched, so the fault happens in the page cache’s copy, not here.',
    },
    today: {
      fate: 'same',
      sentence: 'The transfer functions are gone; an ITER_BVEC over the request is all that is left.',
    },
  },
  {
    file: 'drivers/block/nbd.c',
    lines: 8,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches:
      'sock_send_bvec() and sock_recv_bvec() hold a page with kmap() while its bytes go through the socket.',
    changes: 'Both map bvec_page() of the vector.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The header of a page-less write is sent before its data is touched: the server waits for bytes that never come, the task has died.',
    },
    today: { fate: 'same', sentence: 'An ITER_BVEC goes to sock_sendmsg(); nbd itself maps nothing.' },
  },
  {
    file: 'drivers/block/nvme-core.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'dma',
    touches:
      'The data is mapped by dma_map_sg() and described in PRP entries; only protection tags are touched, in nvme_dif_remap().',
    changes: 'One kmap_atomic() of the tag vector takes bvec_page().',
    pageless: {
      outcome: 'works',
      sentence: 'Data needs bus addresses alone, so what blk_rq_map_sg() makes of the vector decides.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/nvme/host/pci.c',
      sentence: 'Split into core and transports; tags are remapped by block/t10-pi.c.',
    },
  },
  {
    file: 'drivers/block/pktcdvd.c',
    lines: 11,
    graph: '++-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'copies',
    touches:
      'Gathers 2 KiB frames of many bios into one packet of its own pages, copying where a frame’s page is not the packet’s.',
    changes: 'Comparisons, assignments and the kmap of pkt_make_local_copy() use the helpers.',
    pageless: {
      outcome: 'fault',
      sentence: 'A NULL page is not the packet’s page, so the frame is copied - by mapping NULL.',
    },
    today: {
      fate: 'same',
      sentence: 'The packet’s frames are filled with bio_copy_data() and always copied.',
    },
  },
  {
    file: 'drivers/block/pmem.c',
    lines: 19,
    graph: '++++-',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 8, certainty: 'inferred' },
      { patch: 10, certainty: 'inferred' },
    ],
    role: 'driver',
    access: 'kmap',
    touches:
      'pmem_do_bvec() copies by CPU between an ioremap of the device and the kmap of the vector’s page.',
    changes:
      'Reads by bvec_page(), registers its range for kmap_atomic_pfn_t(), and ->direct_access gives PFN_DEV pfns.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The irony of the series: memory of one pmem disk cannot be written to another, for pmem_do_bvec() still wants a page.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/nvdimm/pmem.c',
      sentence:
        'write_pmem() and read_pmem() walk pages with kmap_atomic(); the device’s own pages come from ZONE_DEVICE.',
    },
  },
  {
    file: 'drivers/block/ps3disk.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'copies',
    touches:
      'ps3disk_scatter_gather() copies a request into or out of one bounce buffer that the hypervisor reads.',
    changes: 'Only the cache flush after each copy names the page: it takes bvec_page().',
    pageless: {
      outcome: 'works',
      sentence:
        'bvec_kmap_irq() maps the vector: in v3 that reaches what pmem registered, in v1 the copy to the bounce buffer faults.',
    },
    today: { fate: 'same', sentence: 'memcpy_from_bvec() and memcpy_to_bvec() do the copies.' },
  },
  {
    file: 'drivers/block/ps3vram.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches: 'ps3vram_do_bio() copies between video memory and page_address() of each vector.',
    changes: 'That one address is computed from bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'The copy runs over a cache of video memory by CPU, and dies at the first byte of a page-less vector.',
    },
    today: { fate: 'same', sentence: 'The address is bvec_virt().' },
  },
  {
    file: 'drivers/block/rbd.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches: 'Gives its bio chain to the messenger; zero_bio_chain() clears what an object did not have.',
    changes: 'flush_dcache_page() after the clearing gets bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'Only short reads touch memory here; what is sent or received goes to the messenger, which asks page_count() of a page that is not there.',
    },
    today: {
      fate: 'same',
      sentence: 'Holes are cleared with memzero_bvec(); the chain travels as a ceph_bio_iter.',
    },
  },
  {
    file: 'drivers/block/rsxx/dma.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'dma',
    touches:
      'rsxx_dma_queue_bio() stores each vector’s page in a command, which pci_map_page() maps when a channel is free.',
    changes: 'The page it stores is bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'NULL is stored without complaint, and page_to_phys(NULL) mapped later: the card is given an address that is nobody’s.',
    },
    today: { fate: 'removed', sentence: 'The IBM flash card’s driver is not in 6.12.' },
  },
  {
    file: 'drivers/block/umem.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'dma',
    touches:
      'add_bio() maps the current vector with pci_map_page() into a descriptor of the battery-backed card.',
    changes: 'The page to map comes from bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'The descriptor gets the bus address computed from a NULL page; no check of it follows, and the card moves the wrong bytes.',
    },
    today: { fate: 'removed', sentence: 'The Micro Memory driver is not in 6.12.' },
  },
  {
    file: 'drivers/block/zram/zram_drv.c',
    lines: 10,
    graph: '+--',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches:
      'Compresses a page by kmap_atomic() on write and fills one on read; partial writes copy through a buffer.',
    changes: 'Six uses of a vector’s page, two of them assignments, become helper calls.',
    pageless: {
      outcome: 'fault',
      sentence:
        'A write maps the page first to look whether it is full of zeroes, and faults there; nothing of the store has changed by then.',
    },
    today: {
      fate: 'same',
      sentence: 'Copies to and from a bvec by memcpy_to_bvec(), whole pages by kmap_local_page().',
    },
  },
];
