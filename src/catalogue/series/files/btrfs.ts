import type { SeriesFile } from '../series-file';

/** btrfs. */
export const btrfs: readonly SeriesFile[] = [
  {
    file: 'fs/btrfs/check-integrity.c',
    lines: 6,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'kmap',
    touches: 'A debug build maps every metadata page it submits to check the block it belongs to.',
    changes: 'kmap() and both kunmap() calls take bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence: 'Extent buffers are page-cache pages; mapping ten of them at once is what would fail first.',
    },
    today: { fate: 'removed', sentence: 'The checker is not in 6.12; 6.1 still had it.' },
  },
  {
    file: 'fs/btrfs/compression.c',
    lines: 12,
    graph: '++-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'copies',
    touches: 'Decompresses an extent into the pages of the read that asked for it.',
    changes: 'Six lines read the destination pages by bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence: 'Destination pages are page-cache pages with an index, which the code asks for.',
    },
    today: { fate: 'same', sentence: 'Decompressed bytes go out with memcpy_to_page() of bv_page.' },
  },
  {
    file: 'fs/btrfs/disk-io.c',
    lines: 5,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'stores-page',
    touches: 'Finds the root of a metadata block through page->mapping and checksums it before a write.',
    changes: 'btree_csum_one_bio() reads its vectors with the helper.',
    pageless: {
      outcome: 'owns',
      sentence:
        'Without a page there is no mapping, and without a mapping no root: metadata needs its struct page.',
    },
    today: { fate: 'same', sentence: 'A bbio belongs to one extent buffer; no page is asked.' },
  },
  {
    file: 'fs/btrfs/extent_io.c',
    lines: 8,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'stores-page',
    touches: 'Ends writeback and locks of the pages of finished bios, four completion functions alike.',
    changes: 'Each takes bvec_page() of its vector.',
    pageless: {
      outcome: 'owns',
      sentence: 'Completion unlocks pages; memory without a page was never locked, and never comes here.',
    },
    today: { fate: 'same', sentence: 'Folios: bio_for_each_folio_all() ends what it submitted.' },
  },
  {
    file: 'fs/btrfs/file-item.c',
    lines: 8,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'kmap',
    touches: 'Sums file data sector by sector through kmap_atomic(), and finds offsets by page_offset().',
    changes: 'The three offsets and the kmap use bvec_page().',
    pageless: {
      outcome: 'owns',
      sentence:
        'Direct I/O of user memory passes here too: with page-less user memory the checksum would fault.',
    },
    today: { fate: 'same', sentence: 'bvec_kmap_local() maps each sector for its checksum.' },
  },
  {
    file: 'fs/btrfs/inode.c',
    lines: 19,
    graph: '+++--',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'stores-page',
    touches: 'Splits direct I/O at stripe borders and repairs sectors whose checksum failed.',
    changes:
      'Nineteen lines pass pages of vectors, through the helper now, to bio_add_page() and the repair.',
    pageless: {
      outcome: 'owns',
      sentence:
        'btrfs_submit_direct_hook() adds page by page with bio_add_page(), so a page-less vector could not be split.',
    },
    today: { fate: 'same', sentence: 'Splitting and repair moved to fs/btrfs/bio.c.' },
  },
  {
    file: 'fs/btrfs/raid56.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'stores-page',
    touches: 'Indexes the pages of a bio by their place in a stripe, to compute parity over them.',
    changes: 'Two reads of a vector’s page take the helper.',
    pageless: {
      outcome: 'owns',
      sentence:
        'Parity is computed by kmap of these pages; they come from the page cache or from bio_add_page().',
    },
    today: { fate: 'same', sentence: 'Sectors point at bv_page and an offset in it.' },
  },
  {
    file: 'fs/btrfs/volumes.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'filesystem',
    access: 'passes-on',
    touches: 'Maps a bio to the disks of a chunk, and rebuilds it where a disk takes less at once.',
    changes: 'breakup_stripe_bio() adds bvec_page() of each vector.',
    pageless: {
      outcome: 'below',
      sentence: 'Clones would keep page-less vectors, but the rebuilt bio is filled by bio_add_page().',
    },
    today: { fate: 'same', sentence: 'Disks no longer refuse by size, so nothing is rebuilt here.' },
  },
];
