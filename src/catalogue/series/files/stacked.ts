import type { SeriesFile } from '../series-file';

/** dm, md and bcache. */
export const stacked: readonly SeriesFile[] = [
  {
    file: 'drivers/md/bcache/btree.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches: 'Writes a B-tree node from pages it allocated, copying the node into them first.',
    changes: 'Freeing and copying read the vectors by bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence: 'Node pages are the cache’s own allocation, and never a caller’s.',
    },
    today: { fate: 'same', sentence: 'The pages are freed with bio_free_pages().' },
  },
  {
    file: 'drivers/md/bcache/debug.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'kmap',
    touches:
      'bch_data_verify() reads the data again and compares it with the caller’s pages, if somebody switched that on.',
    changes: 'kmap_atomic() and page_address() take bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'The comparison maps the caller’s page: verifying a page-less read is what faults, not reading it.',
    },
    today: { fate: 'same', sentence: 'Both sides are mapped with bvec_kmap_local().' },
  },
  {
    file: 'drivers/md/bcache/movinggc.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches: 'The moving garbage collector reads live data into pages of its own and writes it elsewhere.',
    changes: '__free_page() gets bvec_page() in write_moving_finish().',
    pageless: {
      outcome: 'owns',
      sentence: 'What it moves is on the cache disk, and the buffers are allocated here.',
    },
    today: { fate: 'same', sentence: 'write_moving_finish() calls bio_free_pages().' },
  },
  {
    file: 'drivers/md/bcache/request.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'kmap',
    touches:
      'Decides for every bio whether the cache takes it; bio_csum() sums the data of an insert through kmap().',
    changes: 'bio_csum() and the end of a cache miss use bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence: 'Bypassed I/O passes through untouched; an insert with checksums maps each page and faults.',
    },
    today: {
      fate: 'same',
      sentence: 'bio_csum() maps with bvec_kmap_local(); a miss copies with bio_copy_data().',
    },
  },
  {
    file: 'drivers/md/bcache/super.c',
    lines: 10,
    graph: '+--',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches: 'Keeps the superblock’s page in a bio of its own and writes it from there.',
    changes: 'Five reads and assignments of that page use the helpers.',
    pageless: {
      outcome: 'owns',
      sentence: 'The superblock is read through the page cache, so its page is there by construction.',
    },
    today: {
      fate: 'same',
      sentence: 'The superblock is found by virt_to_page() of its buffer and added with bio_add_page().',
    },
  },
  {
    file: 'drivers/md/bcache/util.c',
    lines: 5,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches: 'bch_bio_map() points a bio’s vectors at a kernel buffer, direct-mapped or vmalloc.',
    changes: 'The assignment is a helper call, by a cast for the conditional expression.',
    pageless: {
      outcome: 'owns',
      sentence: 'The buffer is given by kernel address, and virt_to_page() finds its page.',
    },
    today: { fate: 'same', sentence: 'bch_bio_map() assigns bv_page as in 4.1.' },
  },
  {
    file: 'drivers/md/bcache/writeback.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches: 'Copies dirty data from the cache to the backing disk through pages it allocates for each key.',
    changes: 'write_dirty_finish() frees bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence: 'Both bios are its own: a page-less caller’s data has been in the cache for a while by then.',
    },
    today: { fate: 'same', sentence: 'bio_free_pages() ends the copy.' },
  },
  {
    file: 'drivers/md/dm-crypt.c',
    lines: 12,
    graph: '++-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'dma',
    touches:
      'crypt_convert_block() puts each sector’s page into two scatterlists for the cipher; a write is encrypted into pages from a pool.',
    changes: 'Six places that set or read a vector’s page use the helpers.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The cipher walks sg_page() of the input with kmap_atomic(): the first sector of a page-less bio faults in crypto code.',
    },
    today: { fate: 'same', sentence: 'sg_set_page() is still given bv_in.bv_page and bv_out.bv_page.' },
  },
  {
    file: 'drivers/md/dm-io.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'stores-page',
    touches:
      'bio_get_page() takes pages out of one bio’s vectors, and do_region() adds them to bios for each region.',
    changes: 'The page it hands over is bvec_page().',
    pageless: {
      outcome: 'silent',
      sentence:
        'A NULL page is added to the new bio as if it were one: BIO_PFN is lost, so the flag’s check passes further down.',
    },
    today: { fate: 'same', sentence: 'dm-io walks a bvec_iter and still passes bv_page.' },
  },
  {
    file: 'drivers/md/dm-log-writes.c',
    lines: 14,
    graph: '++--',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'copies',
    touches:
      'log_writes_map() copies the data of every write into pages of its own, which a kernel thread then writes to the log.',
    changes: 'Seven uses go through the helpers, one of them an assignment into the log’s own vectors.',
    pageless: {
      outcome: 'fault',
      sentence:
        'The copy maps the caller’s page with kmap_atomic() before the write is passed on, so neither the log nor the disk gets it.',
    },
    today: { fate: 'same', sentence: 'memcpy_from_bvec() fills the log’s page.' },
  },
  {
    file: 'drivers/md/dm-verity.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'kmap',
    touches:
      'After a read verity_verify_io() hashes each block through kmap_atomic() and compares with the tree.',
    changes: 'The page to map is bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'The device below has filled page-less memory already when the hash faults: data that nobody has verified lies there.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/md/dm-verity-target.c',
      sentence: 'Renamed when forward error correction joined it.',
    },
  },
  {
    file: 'drivers/md/raid1.c',
    lines: 50,
    graph: '+++++++------',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'inferred' },
    ],
    role: 'stacked',
    access: 'passes-on',
    touches: 'Clones each bio for every mirror; behind-writes and resync copy or compare through pages.',
    changes: 'Twenty-five lines change, most of them the resync buffers’ pages.',
    pageless: {
      outcome: 'below',
      sentence:
        'Normal I/O only clones. A leg that refuses BIO_PFN is failed by raid1, and the write reported as good while another leg took it.',
    },
    today: {
      fate: 'same',
      sentence: 'Behind-writes copy with bio_copy_data(); resync keeps its pages in a resync_pages table.',
    },
  },
  {
    file: 'drivers/md/raid10.c',
    lines: 38,
    graph: '+++++-----',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'inferred' },
    ],
    role: 'stacked',
    access: 'passes-on',
    touches:
      'Sends clones to the copies of each chunk; recovery and reshape compare and copy their own pages.',
    changes: 'Nineteen lines of the recovery and reshape buffers take the helpers.',
    pageless: {
      outcome: 'below',
      sentence:
        'Clones keep the vectors and the flag; what refuses them is counted as a failed disk, as in raid1.',
    },
    today: { fate: 'same', sentence: 'Recovery’s pages live in resync_pages; page_address() compares them.' },
  },
  {
    file: 'drivers/md/raid5.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'stacked',
    access: 'copies',
    touches:
      'ops_run_io() writes stripe pages of its own; async_copy_data() copies between them and the bio’s page.',
    changes: 'Two assignments and one read become helper calls.',
    pageless: {
      outcome: 'fault',
      sentence:
        'Parity is computed on the stripe’s pages, but the copy into them asks for the bio’s: async_memcpy() of a NULL page faults in the drain step.',
    },
    today: { fate: 'same', sentence: 'async_copy_data() and its shortcut skip_copy still take bvl.bv_page.' },
  },
];
