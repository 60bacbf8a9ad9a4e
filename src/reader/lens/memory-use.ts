import type { CFile } from '../c-file';

/** How the code of one file reaches the bytes of a bio, told by the names it uses. Nothing is guessed beyond them. */

/** What a way asks of memory. */
export type Asks = 'a struct page' | 'no struct page' | 'what the DMA ops ask' | 'what the device below asks';

export interface Way {
  readonly what: string;
  readonly asks: Asks;
  readonly calls: readonly string[];
  /** Names that count without being called. */
  readonly members?: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    what: 'maps pages',
    asks: 'a struct page',
    calls: [
      'kmap',
      'kmap_atomic',
      'kmap_local_page',
      'kmap_local_folio',
      'bvec_kmap_irq',
      'bvec_kmap_local',
      'bio_kmap_irq',
      '__bio_kmap_atomic',
    ],
  },
  {
    what: 'copies through mappings',
    asks: 'a struct page',
    calls: [
      'memcpy_page',
      'memcpy_from_page',
      'memcpy_to_page',
      'memcpy_from_bvec',
      'memcpy_to_bvec',
      'memzero_bvec',
      'zero_user',
      'zero_user_segment',
      'zero_user_segments',
      'zero_fill_bio',
      'zero_fill_bio_iter',
      'bio_copy_data',
      'copy_highpage',
      'sg_miter_start',
      'sg_copy_to_buffer',
      'sg_copy_from_buffer',
    ],
  },
  {
    what: 'uses the direct map',
    asks: 'a struct page',
    calls: ['page_address', 'page_to_virt', 'bvec_virt', 'sg_virt', 'bio_data'],
  },
  {
    what: 'takes the page itself',
    asks: 'a struct page',
    calls: ['bvec_page', 'bio_page', 'sg_page', 'bio_iter_page', 'bvec_iter_page'],
    members: ['bv_page'],
  },
  { what: 'maps pfns', asks: 'no struct page', calls: ['kmap_atomic_pfn_t', 'kmap_local_pfn'] },
  {
    what: 'goes by pfn or physical address',
    asks: 'no struct page',
    calls: ['bvec_phys', 'bvec_to_phys', 'bio_to_phys', 'sg_phys', 'dma_map_pfn'],
    members: ['bv_pfn'],
  },
  {
    what: 'maps for DMA',
    asks: 'what the DMA ops ask',
    calls: [
      'blk_rq_map_sg',
      'blk_bio_map_sg',
      'dma_map_sg',
      'dma_map_sg_attrs',
      'dma_map_sgtable',
      'pci_map_sg',
      'scsi_dma_map',
      'dma_map_page',
      'dma_map_bvec',
      'pci_map_page',
    ],
  },
  {
    what: 'passes bios on',
    asks: 'what the device below asks',
    calls: ['generic_make_request', 'submit_bio', 'submit_bio_noacct', 'dm_submit_bio_remap'],
  },
];

export interface NamedUse {
  readonly name: string;
  /** Offsets of the uses, in the order of the text. */
  readonly at: readonly number[];
}

export interface UsedWay {
  readonly way: Way;
  /** The most used first. */
  readonly names: readonly NamedUse[];
}

/** The ways of reaching memory that a file uses; none when no name tells. */
export function memoryUse(file: CFile): readonly UsedWay[] {
  return WAYS.flatMap((way) => {
    const names = [
      ...way.calls.map((name) => ({ name, at: callsOf(file, name) })),
      ...(way.members ?? []).map((name) => ({ name, at: offsets(file, file.at(name)) })),
    ].filter(({ at }) => at.length > 0);
    return names.length === 0 ? [] : [{ way, names: names.sort((a, b) => b.at.length - a.at.length) }];
  });
}

const offsets = ({ tokens }: CFile, found: readonly number[]) => found.map((i) => tokens.start(i));

/** Calls, not definitions. */
function callsOf(file: CFile, name: string): number[] {
  const { tokens } = file;
  const calls = file.at(name).filter((i) => {
    const isCall = tokens.is(i + 1, '(') && !tokens.is(i - 1, '.') && !tokens.is(i - 1, '->');
    return isCall && !tokens.is(tokens.mate(i + 1) + 1, '{');
  });
  return offsets(file, calls);
}
