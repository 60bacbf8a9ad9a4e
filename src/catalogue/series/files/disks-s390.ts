import type { SeriesFile } from '../series-file';

/** Disks of s390. */
export const disksS390: readonly SeriesFile[] = [
  {
    file: 'drivers/s390/block/dasd_diag.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches: 'Puts the address of each block’s buffer into the list of a hypervisor call.',
    changes: 'page_address() is given bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'The hypervisor gets a real address computed from no page: z/VM reads or writes whatever is there.',
    },
    today: { fate: 'same', sentence: 'z/VM is given bvec_virt() of each vector.' },
  },
  {
    file: 'drivers/s390/block/dasd_eckd.c',
    lines: 14,
    graph: '++--',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'Builds channel programs whose words hold the buffers’ addresses, or copies into cache pages first.',
    changes: 'Seven computations of a buffer’s address take bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'A channel word is filled with a made-up address, and idal_is_needed() judges that; the channel subsystem does the rest.',
    },
    today: { fate: 'same', sentence: 'All seven are bvec_virt().' },
  },
  {
    file: 'drivers/s390/block/dasd_fba.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches: 'Channel programs for fixed-block disks, one locate and one transfer word a block.',
    changes: 'The addresses in one locate and two transfer words are computed from bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence: 'As with ECKD the channel is given an address without a buffer behind it.',
    },
    today: { fate: 'same', sentence: 'bvec_virt() gives both addresses that are left.' },
  },
  {
    file: 'drivers/s390/block/dcssblk.c',
    lines: 15,
    graph: '+++-',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 10, certainty: 'inferred' },
    ],
    role: 'driver',
    access: 'page_address',
    touches:
      'Copies by CPU between a shared z/VM segment and page_address() of the vector, which must be page-aligned.',
    changes: 'The vector is read through bvec_page(); ->direct_access gives the segment’s pfn with PFN_DEV.',
    pageless: {
      outcome: 'fault',
      sentence:
        'A NULL page’s address is aligned, so the alignment check passes and the memcpy() after it faults.',
    },
    today: {
      fate: 'same',
      sentence: 'The address is bvec_virt(), and DAX reaches the segment by dax_direct_access().',
    },
  },
  {
    file: 'drivers/s390/block/scm_blk.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'scm_request_prepare() writes each vector’s address into an indirect list for storage class memory.',
    changes: 'The address is that of bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'The list is filled with an address that belongs to no page, and the EADM subchannel starts a transfer to it.',
    },
    today: { fate: 'same', sentence: 'The list holds page_address() of bv_page, as before.' },
  },
  {
    file: 'drivers/s390/block/scm_blk_cluster.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'page_address',
    touches:
      'Fills the list for writes smaller than a cluster, with its own pages before and after the request’s.',
    changes: 'One address of the request’s own vectors takes bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'Its padding pages are real, the middle of the list is not: a cluster is written back with foreign bytes in it.',
    },
    today: { fate: 'removed', sentence: 'Clustered writes are gone from scm_blk.' },
  },
  {
    file: 'drivers/s390/block/xpram.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'driver',
    access: 'kmap',
    touches: 'Moves pages to and from expanded storage with one instruction on the kmap of a vector.',
    changes: 'kmap() takes bvec_page().',
    pageless: {
      outcome: 'error',
      sentence:
        'The address is aligned, so page in or page out is tried; it traps, the exception table makes -ENXIO of that, and the bio ends with -EIO.',
    },
    today: { fate: 'removed', sentence: 'Expanded storage and its driver are not in 6.12.' },
  },
];
