import type { CatalogueEntry } from '../entry';
import { BY_41, COVER_LETTER, FROM_V5, inferred, ran, recalled, stated } from '../sources';

const BRANCH = 'pfn branch de8237c9, include/linux/kmap_pfn.h';
const FROM_V5_KMAP = 'cover letter names it; the shape is that of v5 2/5 and the pfn branch';

/** A kernel address for memory that may have no page, and how long it stays good. */
export const kmapEntries: readonly CatalogueEntry[] = [
  {
    name: 'kmap_atomic_pfn_t',
    kind: 'function',
    meaning: 'Gives a short-lived kernel address for a page frame, with or without a struct page.',
    signatures: [
      {
        version: 'v3',
        text: 'void *kmap_atomic_pfn_t(__pfn_t pfn);',
        certainty: 'reconstructed',
        source: FROM_V5_KMAP,
      },
      {
        version: 'v5',
        text: 'void *kmap_atomic_pfn_t(__pfn_t pfn);',
        certainty: 'confirmed',
        source: BRANCH,
      },
    ],
    pageBacked: 'kmap_atomic() of the page, with an RCU read lock held on top.',
    pageLess: 'Looks the address up in the registered ranges: base + offset, or NULL when no driver has it.',
    context:
      'Holds rcu_read_lock() until kunmap_atomic_pfn_t(): no sleeping in between. Release in reverse order.',
    errors: [
      {
        value: 'NULL',
        when: 'no range holds the frame, or its driver is being unbound; DAX turns it into -EIO',
      },
    ],
    history: {
      introduced: 'after v1, by v2 or v3 (May 2015); never merged',
      today: 'kmap_local_pfn() is the nearest, but it guards nothing against removal.',
    },
    hazard:
      'Callers forget the NULL: bvec_kmap_irq() of the series adds the offset to it. And DAX loops call cond_resched() in between.',
    sources: [
      COVER_LETTER,
      stated('v5 2/5 mail'),
      stated(BRANCH),
      ran(
        'captures: v5-kmap.csv',
        'NULL before, after and one page past a range; the last registered of two wins',
      ),
      inferred('v3', 'the file was renamed without change from v2'),
    ],
    picture: 'scenario',
    match: { args: 1 },
  },
  {
    name: 'kunmap_atomic_pfn_t',
    kind: 'function',
    meaning: 'Ends a kmap_atomic_pfn_t() and lets a waiting driver removal go on.',
    signatures: [
      {
        version: 'v3',
        text: 'void kunmap_atomic_pfn_t(void *addr);',
        certainty: 'reconstructed',
        source: FROM_V5,
      },
      {
        version: 'v5',
        text: 'void kunmap_atomic_pfn_t(void *addr);',
        certainty: 'confirmed',
        source: BRANCH,
      },
    ],
    pageBacked: 'The address lies in no registered range: kunmap_atomic(), then the RCU lock is dropped.',
    pageLess: 'The address lies in a range: only the RCU lock is dropped. NULL: nothing at all.',
    context: 'Last mapped, first unmapped. Takes the address, not the frame.',
    errors: [],
    history: { introduced: 'with kmap_atomic_pfn_t()', today: 'kunmap_local(), for kmap_local_pfn().' },
    hazard:
      'v5 race: once removal has taken the range off the list, an open map is mistaken for a page and preempt_count drops below zero.',
    sources: [
      stated('v5 2/5 mail'),
      stated(BRANCH),
      ran('captures: v5-kmap.csv', 'rows KMAPWAIT: preempt_count 0 became 7fffffff'),
      ran('captures: kunmap-after-teardown-first-oops.txt'),
    ],
    picture: 'scenario',
    match: { args: 1 },
  },
  {
    name: 'devm_register_kmap_pfn_range',
    kind: 'function',
    meaning: 'A driver says: these physical addresses are mapped at this kernel address, until I am unbound.',
    signatures: [
      {
        version: 'v3',
        text: 'int devm_register_kmap_pfn_range(struct device *dev, struct resource *res, void *base);',
        certainty: 'reconstructed',
        source: 'as in v5 2/5 and the pfn branch; the cover letter shows only the file, mm/pfn.c',
      },
      {
        version: 'v5',
        text: 'int devm_register_kmap_pfn_range(struct device *dev, struct resource *res, void *base);',
        certainty: 'confirmed',
        source: BRANCH,
      },
    ],
    pageBacked: 'Not needed: kmap_atomic() reaches pages without it.',
    pageLess:
      'Makes [res->start, res->end] visible to kmap_atomic_pfn_t(); base is the driver’s own ioremap.',
    context:
      'May sleep (allocates). Unbind takes the range off and waits in synchronize_rcu() for every open map.',
    errors: [
      { value: '-ENOMEM', when: 'no memory for the record, or for the devm action' },
      { value: '0', when: 'also when CONFIG_KMAP_PFN is off: then it does nothing' },
    ],
    history: {
      introduced: 'with kmap_atomic_pfn_t(); never merged',
      today: 'devm_memremap_pages(), which makes pages instead.',
    },
    hazard:
      'Nothing is checked: overlaps are taken (the newest wins), res is kept by pointer, and an unaligned start loses its first page.',
    sources: [
      stated('v5 2/5 mail'),
      stated('pfn branch de8237c9, mm/kmap_pfn.c'),
      ran('captures: v5-kmap.csv'),
      inferred('v3: perhaps without the lock', 'its file is 19 lines shorter'),
    ],
    picture: 'scenario',
    match: { args: 3 },
  },
  {
    name: 'kmap_atomic',
    kind: 'function',
    meaning: 'Gives a short-lived kernel address for a page; on 64 bit simply its direct-map address.',
    signatures: [
      {
        version: '4.1',
        text: 'void *kmap_atomic(struct page *page);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/highmem.h',
      },
      {
        version: '6.12',
        text: 'void *kmap_atomic(struct page *page);',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/highmem-internal.h',
      },
    ],
    pageBacked: 'A usable address; never fails.',
    pageLess:
      'There is no page to pass. NULL gives a pointer to nowhere; the series adds kmap_atomic_pfn_t().',
    context: 'Page faults off, no sleeping until kunmap_atomic(). Release in reverse order.',
    errors: [],
    history: { introduced: '2.5', today: 'Deprecated: kmap_local_page().' },
    hazard: 'On 64 bit a made-up page still yields an address; the fault comes later, at the first access.',
    sources: [
      stated('linux 4.1.3 include/linux/highmem.h'),
      stated('linux 6.12 include/linux/highmem-internal.h'),
      ran('captures: oops/brd.txt', 'the late fault'),
      recalled('2.5', BY_41),
    ],
    picture: 'scenario',
  },
];
