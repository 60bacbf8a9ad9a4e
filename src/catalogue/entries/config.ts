import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, inferred, recalled, stated } from '../sources';

/** The switches of the series. */
export const configEntries: readonly CatalogueEntry[] = [
  {
    name: 'CONFIG_DEV_PFN',
    kind: 'config',
    meaning: 'Turns page-less I/O on; off, every __pfn_t has a page and old bv_page users still compile.',
    signatures: [
      {
        version: 'v3',
        text: 'config DEV_PFN',
        certainty: 'reconstructed',
        source: 'v3 diffstat (init/Kconfig, 13 lines) and the name in a v5 changelog',
      },
    ],
    pageBacked: 'Off: nothing changes, a __pfn_t is another name for a page.',
    pageLess: 'On: may occur, and bv_page no longer exists in a bio_vec.',
    errors: [],
    history: {
      introduced: 'v3, May 2015',
      renamed: 'CONFIG_KMAP_PFN in v5',
      today: 'CONFIG_ZONE_DEVICE: pages for device memory.',
    },
    sources: [
      COVER_LETTER,
      stated('v5 4/5 mail', 'its changelog still says CONFIG_DEV_PFN'),
      inferred('bv_page', 'cover letter item 3 and the pfn branch'),
      recalled('v3 help text and 64BIT dependency', 'not shown here'),
    ],
    picture: 'memory-map',
  },
  {
    name: 'CONFIG_HAVE_DMA_PFN',
    kind: 'config',
    meaning: 'An architecture says that all its DMA operations can map by page frame; only x86 did.',
    signatures: [
      {
        version: 'v1',
        text: 'config HAVE_DMA_PFN',
        certainty: 'confirmed',
        source: 'v1 branch c24d7491, arch/Kconfig',
      },
      {
        version: 'v3',
        text: 'config HAVE_DMA_PFN',
        certainty: 'reconstructed',
        source: 'as in v1; arch/Kconfig is in the v3 diffstat',
      },
    ],
    pageBacked: 'dma_map_page() becomes a wrapper around dma_map_pfn().',
    pageLess: 'Off: dma_map_pfn() and sg_set_pfn() do not exist.',
    errors: [],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'No such switch: dma_map_phys() is for all.',
    },
    hazard: 'v1 has no fallback: one dma_map_ops without map_pfn and the call goes through NULL.',
    sources: [stated('v1 branch c24d7491'), stated('v1 branch 2d5e33f8', 'x86'), inferred('v3 diffstat')],
    picture: 'byte-ribbons',
  },
  {
    name: 'CONFIG_KMAP_PFN',
    kind: 'config',
    meaning: 'v5’s switch for page-less memory: hidden, selected by the drivers that have such memory.',
    signatures: [
      { version: 'v5', text: 'config KMAP_PFN', certainty: 'confirmed', source: 'v5 2/5 mail, mm/Kconfig' },
    ],
    pageBacked: 'Off: PFN_DEV is 0 and kmap_atomic_pfn_t() is kmap_atomic().',
    pageLess: 'On: kmap_atomic_pfn_t() knows the registered ranges.',
    errors: [],
    history: {
      introduced: 'v5, August 2015; never merged',
      today: 'CONFIG_ZONE_DEVICE: pages for device memory.',
    },
    sources: [stated('v5 2/5 and 4/5 mails'), stated('pfn branch de8237c9')],
    picture: 'memory-map',
  },
];
