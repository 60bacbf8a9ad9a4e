import type { CatalogueEntry } from '../entry';
import { FROM_V1, inferred, ran, recalled, stated, V1_PFN_IO } from '../sources';

/** What a queue promises, and where a bio is checked against it. */
export const queueEntries: readonly CatalogueEntry[] = [
  {
    name: 'QUEUE_FLAG_PFN',
    kind: 'flag',
    meaning: 'A driver’s promise that its queue takes page-less bios.',
    signatures: [
      { version: 'v1', text: '#define QUEUE_FLAG_PFN 23', certainty: 'confirmed', source: V1_PFN_IO },
      {
        version: 'v3',
        text: '#define QUEUE_FLAG_PFN 23',
        certainty: 'reconstructed',
        source: 'as in v1; 23 is also the first free number in 4.1',
      },
    ],
    pageBacked: 'No effect.',
    pageLess: 'Set: the bio passes. Clear: bio_add_pfn() adds nothing and a BIO_PFN bio fails.',
    context:
      'Setting it promises pfn forms of DMA mapping, kmap and scatterlist, and no pfn_to_page() on the way down.',
    errors: [{ value: '-EOPNOTSUPP', when: 'a BIO_PFN bio meets a queue without the flag, at any level' }],
    history: {
      introduced: 'v1, March 2015; no driver of the series sets it; never merged',
      today: 'Nearest kin is BLK_FEAT_PCI_P2PDMA: again an opt-in per queue.',
    },
    hazard:
      'It is not stacked: dm and md must set it themselves, and raid1 hides the error (a write returned 0 and failed the disk instead).',
    sources: [
      stated(V1_PFN_IO),
      ran('captures: const.csv', 'value 23'),
      ran('captures: v1-dm-*.txt, v1-raid1-*.txt'),
      stated('linux 6.12 include/linux/blkdev.h', 'BLK_FEAT_PCI_P2PDMA'),
      recalled('v3 also wants the config option on'),
    ],
    picture: 'byte-ribbons',
  },
  {
    name: 'blk_queue_pfn',
    kind: 'macro',
    meaning: 'Tells whether a queue takes page-less bios.',
    signatures: [
      { version: 'v1', text: '#define blk_queue_pfn(q)', certainty: 'confirmed', source: V1_PFN_IO },
      { version: 'v3', text: '#define blk_queue_pfn(q)', certainty: 'reconstructed', source: FROM_V1 },
    ],
    pageBacked: 'Not asked.',
    pageLess: 'Non-zero when QUEUE_FLAG_PFN is set in queue_flags.',
    errors: [],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'blk_queue_pci_p2pdma() asks the nearest question of today.',
    },
    sources: [stated(V1_PFN_IO), stated('linux 6.12 include/linux/blkdev.h')],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'generic_make_request_checks',
    kind: 'function',
    meaning: 'The gate every bio passes at every level: size, range, partition, and what the queue supports.',
    signatures: [
      {
        version: '4.1',
        text: 'static noinline_for_stack bool generic_make_request_checks(struct bio *bio)',
        certainty: 'confirmed',
        source: 'linux 4.1.3 block/blk-core.c',
      },
    ],
    pageBacked: 'Returns true, or ends the bio and returns false.',
    pageLess: 'v1: BIO_PFN on a queue without QUEUE_FLAG_PFN ends here, right after the write-same test.',
    context: 'May sleep. A bio that fails here leaves no block_bio_queue event.',
    errors: [
      { value: '-EIO', when: 'past the end, no such device, or larger than max_hw_sectors' },
      {
        value: '-EOPNOTSUPP',
        when: 'discard, secure discard or write same without support; v1: page-less without the flag',
      },
      { value: '0', when: 'an empty flush on a queue without a write cache: done, nothing sent' },
    ],
    history: {
      introduced: '3.2 (September 2011)',
      renamed: 'submit_bio_checks() in 2020',
      removed: 'folded into submit_bio_noacct() in 2022',
      today: 'The tests stand in submit_bio_noacct().',
    },
    sources: [
      stated('linux 4.1.3 block/blk-core.c'),
      stated(V1_PFN_IO),
      ran('captures: v1-*-noflag.txt', '-95 on brd, null_blk, loop, sd, dm, raid0, raid1; no Q event'),
      stated('linux 6.12 block/blk-core.c'),
      stated('commits ed00aabd5eb9 (2020) and a650628bde77 (2022)'),
      inferred('3.2', 'from the date of commit 27a84d54c025'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
];
