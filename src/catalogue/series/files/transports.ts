import type { SeriesFile } from '../series-file';

/** SCSI, MMC, targets, the network below rbd, and staging. */
export const transports: readonly SeriesFile[] = [
  {
    file: 'drivers/mmc/card/queue.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 6, certainty: 'inferred' }],
    role: 'driver',
    access: 'dma',
    touches:
      'Packs several requests into one scatterlist for the host controller, joining their lists by hand.',
    changes: 'The joints are opened with sg_unmark_end() where page_link was masked by hand.',
    pageless: {
      outcome: 'works',
      sentence:
        'The data is DMA by the entries that blk_rq_map_sg() made; only the mask on page_link would have broken the new form.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/mmc/core/queue.c',
      sentence: 'Packed commands are gone, and with them the joints.',
    },
  },
  {
    file: 'drivers/scsi/mpt2sas/mpt2sas_transport.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'Copies an SMP request of several segments into a coherent buffer by page_address(), and the answer back.',
    changes: 'Three addresses are computed from bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'Management commands come from user space with pages; a page-less one would fault in the memcpy() before it is sent.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/scsi/mpt3sas/mpt3sas_transport.c',
      sentence: 'One driver serves both generations of the controller.',
    },
  },
  {
    file: 'drivers/scsi/mpt3sas/mpt3sas_transport.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'The same SMP pass-through for the next generation: single segments are DMA-mapped from bio_data().',
    changes: 'Its three page_address() calls change like its sibling’s.',
    pageless: {
      outcome: 'fault',
      sentence:
        'With one segment bio_data() fabricates an address and pci_map_single() maps it; with several the copy faults.',
    },
    today: { fate: 'same', sentence: 'SMP commands are bsg jobs with scatterlists; the copies are gone.' },
  },
  {
    file: 'drivers/scsi/sd_dif.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches:
      'sd_dif_prepare() rewrites the reference tags of a request from virtual to physical sectors, and back on completion.',
    changes: 'kmap_atomic() of the tag vectors takes bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence: 'It maps tags, never data - but a page-less write dies before, where its tags are computed.',
    },
    today: {
      fate: 'same',
      sentence: 'Only the profile is registered here; remapping is t10_pi_type1_prepare() in block/t10-pi.c.',
    },
  },
  {
    file: 'drivers/staging/android/ion/ion_chunk_heap.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 5, certainty: 'read' }],
    role: 'dma',
    access: 'none',
    touches: 'Returns chunks of a carved-out pool by the physical address of a list’s entries.',
    changes: 'gen_pool_free() gets sg_phys().',
    pageless: {
      outcome: 'owns',
      sentence: 'Its lists are made from reserved memory with pfn_to_page(); no bio is involved.',
    },
    today: { fate: 'removed', sentence: 'ION left staging; DMA-BUF heaps do what it did.' },
  },
  {
    file: 'drivers/staging/lustre/lustre/llite/lloop.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'stores-page',
    touches:
      'A loop device over Lustre: collects the pages of a request in an array and hands them to the client.',
    changes: 'The array is filled with bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence: 'NULL is put in the array of pages; the client’s checksum takes it up later, and faults.',
    },
    today: { fate: 'removed', sentence: 'Lustre left the kernel tree.' },
  },
  {
    file: 'drivers/target/target_core_file.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'stores-page',
    touches: 'Turns an initiator’s scatterlist into an ITER_BVEC over the backing file.',
    changes: 'Two vectors are filled with bvec_set_page(sg_page()).',
    pageless: {
      outcome: 'fault',
      sentence:
        'Through the loopback fabric an initiator’s pages are the target’s: the vector gets a NULL page, and the page cache’s copy faults.',
    },
    today: { fate: 'same', sentence: 'Vectors are filled with bvec_set_page() - the four-argument one.' },
  },
  {
    file: 'net/ceph/messenger.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'sendpage',
    touches:
      'Sends the data of a request page by page with sendpage(), walking a chain of bios with a cursor.',
    changes: 'ceph_msg_data_bio_next() returns bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'ceph_tcp_sendpage() asks page_count() of what it is given: the flags of a NULL page are read, and that faults.',
    },
    today: {
      fate: 'same',
      sentence: 'The cursor still returns bv_page; it goes to the socket with MSG_SPLICE_PAGES.',
    },
  },
];
