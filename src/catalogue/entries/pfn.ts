import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, inferred, ran, recalled, stated } from '../sources';

/** The word itself: the type, its flags, and the type that was merged in its place. */
export const pfnEntries: readonly CatalogueEntry[] = [
  {
    name: '__pfn_t',
    kind: 'type',
    meaning: 'One machine word that names a page frame, whether or not a struct page stands behind it.',
    signatures: [
      {
        version: 'v1',
        text: 'typedef struct { unsigned long pfn; } __pfn_t;',
        certainty: 'confirmed',
        source: 'v1 branch 38125a22, include/asm-generic/memory_model.h',
      },
      {
        version: 'v3',
        text: 'typedef struct { union { unsigned long data; struct page *page; }; } __pfn_t;',
        certainty: 'reconstructed',
        source:
          'the v5 cover letter says it was a union with struct page * until v4; the member name data survives in a v5 sample',
      },
      {
        version: 'v5',
        text: 'typedef struct { unsigned long val; } __pfn_t;',
        certainty: 'confirmed',
        source: 'v5 2/5 mail, 12 Aug 2015',
      },
    ],
    pageBacked:
      'v1: the plain pfn. v3: the struct page pointer itself, its low flag bits zero. v5: pfn << PAGE_SHIFT, no flag.',
    pageLess:
      'v1: the same plain pfn, the type cannot tell. v3: the pfn shifted past the flag bits, with PFN_DEV. v5: pfn << PAGE_SHIFT with PFN_DEV.',
    example:
      'Page-less memory at 4 GiB, pfn 0x100000: v1 0x100000, v3 0x800001 (reconstructed), v5 0x100000004.',
    context: 'Passed by value. It holds no reference: it keeps neither the memory nor its driver alive.',
    errors: [],
    history: {
      introduced: 'v1, March 2015; never merged under this name',
      renamed: 'merged as pfn_t in 4.5, with the flags in the top bits',
      removed: 'pfn_t in 2025',
      today: 'Plain pfns and folios; for DMA a physical address through dma_map_phys().',
    },
    hazard:
      'Do not read the word yourself: v2 compared it with PAGE_OFFSET, v3 tests low bits, v5 shifts. Use the helpers.',
    sources: [
      COVER_LETTER,
      stated('v1 branch 38125a22'),
      stated('v5 0/5 and 2/5 mails'),
      ran('captures: v1pfn.csv, v5-pfnt.csv'),
      inferred('worked v3 value', 'shift 3 and bit 0 are remembered, not read'),
    ],
    picture: 'memory-map',
  },
  {
    name: 'PFN_DEV',
    kind: 'flag',
    meaning: 'Flag in a __pfn_t: this frame comes from device memory and has no struct page by default.',
    signatures: [
      {
        version: 'v3',
        text: 'PFN_DEV = (1UL << 0)',
        certainty: 'reconstructed',
        source: 'the cover letter names the flag and its meaning; the bit is remembered',
      },
      {
        version: 'v5',
        text: 'PFN_DEV = (1UL << 2)',
        certainty: 'confirmed',
        source: 'v5 2/5 mail; 0 when CONFIG_KMAP_PFN is off',
      },
      {
        version: '6.12',
        text: '#define PFN_DEV (1ULL << (BITS_PER_LONG_LONG - 3))',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/pfn_t.h',
      },
    ],
    pageBacked: 'Clear. (4.5 to 2025: set together with PFN_MAP when a driver made pages for device memory.)',
    pageLess: 'Set. The helpers then give NULL instead of a page and read the frame number from the word.',
    errors: [],
    history: {
      introduced: 'v3, May 2015: the only flag that posting defines',
      renamed: 'same name in the pfn_t of 4.5, moved from the low to the high bits (bit 61)',
      removed: 'with pfn_t in 2025',
      today: 'No flag in the frame number: device memory has pages of its own in ZONE_DEVICE.',
    },
    hazard:
      'A page-less frame without PFN_DEV is believed to have a page: kmap_atomic_pfn_t() then returns direct-map arithmetic that nothing backs.',
    sources: [
      COVER_LETTER,
      stated('v5 2/5 mail'),
      stated('linux 6.12 include/linux/pfn_t.h'),
      ran('captures: v5-kmap.csv', 'row page-flag0-of-range'),
      recalled('v3 bit number'),
    ],
    picture: 'memory-map',
  },
  {
    name: 'PFN_MAP',
    kind: 'flag',
    meaning: 'Flag in a pfn_t: device memory for which a driver has arranged a struct page after all.',
    signatures: [
      {
        version: '6.12',
        text: '#define PFN_MAP (1ULL << (BITS_PER_LONG_LONG - 4))',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/pfn_t.h',
      },
    ],
    pageBacked: 'Set together with PFN_DEV when the page comes from a driver; clear for ordinary memory.',
    pageLess: 'Clear, with PFN_DEV set.',
    errors: [],
    history: {
      introduced:
        'follow-up to v5, August 2015; the v3 cover letter mentions the idea as a possible PFN_DEV_MAPPED',
      removed: 'with pfn_t in 2025',
      today: 'ZONE_DEVICE pages made by devm_memremap_pages().',
    },
    sources: [
      COVER_LETTER,
      stated('linux 6.12 include/linux/pfn_t.h'),
      ran('captures: v5-pfnt.csv', 'rows v5rfc'),
    ],
    picture: 'memory-map',
  },
  {
    name: 'pfn_t',
    kind: 'type',
    meaning: 'The merged heir of __pfn_t: a 64-bit page frame number with flags in its top bits.',
    signatures: [
      {
        version: '6.12',
        text: 'typedef struct { u64 val; } pfn_t;',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/pfn.h',
      },
    ],
    pageBacked: 'PFN_DEV clear, or PFN_MAP set: pfn_t_to_page() gives the page.',
    pageLess: 'PFN_DEV set and PFN_MAP clear: pfn_t_to_page() gives NULL.',
    example:
      'Memory at 4 GiB, pfn 0x100000: 0x2000000000100000 with PFN_DEV, 0x3000000000100000 with PFN_MAP as well.',
    errors: [],
    history: {
      introduced: '4.5, January 2016 (commit 34c0fd540e79)',
      removed: '2025 (6.17 as far as remembered)',
      today: 'Plain unsigned long pfns.',
    },
    hazard:
      'Before 4.5 this name was KVM’s typedef for a host frame number; the series says __pfn_t for that reason.',
    sources: [
      stated('linux 6.12 include/linux/pfn.h and pfn_t.h'),
      stated('linux 4.1.3 include/linux/kvm_types.h'),
      ran('captures: v5-pfnt.csv', 'rows 4.5'),
      recalled('release of the removal'),
    ],
    picture: 'memory-map',
    variants: [
      {
        id: 'kvm',
        when: {
          path: ['(^|/)virt/kvm/', '(^|/)kvm/', '(^|/)kvm[_a-z0-9]*\\.h$', '(^|/)trace_pr\\.h$'],
          text: '#[ \\t]*include[ \\t]*[<"][^>"\\n]*\\bkvm',
        },
        meaning: 'KVM’s name for a host page frame number before 4.5; not the type of the 2015 series.',
        signatures: [
          {
            version: '4.1',
            text: 'typedef u64 hfn_t; typedef hfn_t pfn_t;',
            certainty: 'confirmed',
            source: 'linux 4.1.3 include/linux/kvm_types.h',
          },
        ],
        pageBacked: 'The host frame number as it is, no flags in the style of __pfn_t.',
        pageLess: 'The same plain number; KVM tests reserved and error frames with its own helpers.',
        errors: [],
        history: {
          renamed: 'kvm_pfn_t in 4.5, to free the name',
          today: 'KVM says kvm_pfn_t.',
        },
        sources: [stated('linux 4.1.3 include/linux/kvm_types.h'), stated('4.5 merge: kvm_pfn_t rename')],
      },
      {
        id: 'um',
        when: { path: ['(^|/)arch/um/'] },
        meaning: 'User-mode Linux’s own page frame number before 4.5, a plain integer.',
        signatures: [
          {
            version: '4.1',
            text: 'typedef unsigned long pfn_t;',
            certainty: 'confirmed',
            source: 'linux 4.1.3 arch/um/include/asm/page.h; unsigned long long with three-level page tables',
          },
        ],
        pageBacked: 'The frame number as it is.',
        pageLess: 'The same plain number.',
        errors: [],
        history: { removed: 'dropped in 4.5, to free the name', today: 'Plain unsigned long.' },
        sources: [stated('linux 4.1.3 arch/um/include/asm/page.h'), stated('4.5 merge: um pfn_t removal')],
      },
    ],
  },
];
