import type { KernelVersion, SourceCertainty } from './entry';

/** Where the members of a structure lie, on x86-64 without debug options; offsets and sizes in bytes. */
export interface StructLayout {
  readonly version: KernelVersion;
  /** Bytes of the whole; missing where the rest of the structure was not worked out. */
  readonly size?: number;
  readonly members: readonly MemberPlace[];
  readonly certainty: SourceCertainty;
  readonly source: string;
}

/** Name, offset, size. */
type MemberPlace = readonly [name: string, offset: number, size: number];

const RAN_41 = 'captures: plain-4.1.3/const.csv; what it does not list follows from the header';
const RAN_V1 = 'captures: v1-on-4.0/const.csv; what it does not list follows from v1';
const from612 = (file: string) => `computed from linux 6.12 ${file}`;

const BVEC_ITER: readonly MemberPlace[] = [
  ['bi_sector', 0, 8],
  ['bi_size', 8, 4],
  ['bi_idx', 12, 4],
  ['bi_bvec_done', 16, 4],
];

const LAYOUTS: Readonly<Record<string, readonly StructLayout[]>> = {
  bio_vec: [
    { version: '4.1', size: 16, members: bioVec('bv_page'), certainty: 'ran', source: RAN_41 },
    { version: 'v1', size: 16, members: bioVec('bv_pfn'), certainty: 'ran', source: RAN_V1 },
    {
      version: '6.12',
      size: 16,
      members: bioVec('bv_page'),
      certainty: 'inferred',
      source: from612('include/linux/bvec.h'),
    },
  ],
  bvec_iter: [
    { version: '4.1', size: 24, members: BVEC_ITER, certainty: 'ran', source: RAN_41 },
    {
      version: '6.12',
      size: 20,
      members: BVEC_ITER,
      certainty: 'inferred',
      source: `${from612('include/linux/bvec.h')}, where it is packed`,
    },
  ],
  bio: [
    {
      version: '4.1',
      size: 136,
      members: [
        ['bi_next', 0, 8],
        ['bi_bdev', 8, 8],
        ['bi_flags', 16, 8],
        ['bi_rw', 24, 8],
        ['bi_iter', 32, 24],
        ['bi_phys_segments', 56, 4],
        ['bi_seg_front_size', 60, 4],
        ['bi_seg_back_size', 64, 4],
        ['bi_remaining', 68, 4],
        ['bi_end_io', 72, 8],
        ['bi_private', 80, 8],
        ['bi_ioc', 88, 8],
        ['bi_css', 96, 8],
        ['bi_integrity', 104, 8],
        ['bi_vcnt', 112, 2],
        ['bi_max_vecs', 114, 2],
        ['bi_cnt', 116, 4],
        ['bi_io_vec', 120, 8],
        ['bi_pool', 128, 8],
        ['bi_inline_vecs', 136, 0],
      ],
      certainty: 'ran',
      source: `${RAN_41}; with cgroup and integrity`,
    },
    {
      version: '6.12',
      size: 120,
      members: [
        ['bi_next', 0, 8],
        ['bi_bdev', 8, 8],
        ['bi_opf', 16, 4],
        ['bi_flags', 20, 2],
        ['bi_ioprio', 22, 2],
        ['bi_write_hint', 24, 1],
        ['bi_status', 25, 1],
        ['__bi_remaining', 28, 4],
        ['bi_iter', 32, 20],
        ['bi_cookie', 52, 4],
        ['bi_end_io', 56, 8],
        ['bi_private', 64, 8],
        ['bi_blkg', 72, 8],
        ['bi_issue', 80, 8],
        ['bi_integrity', 88, 8],
        ['bi_vcnt', 96, 2],
        ['bi_max_vecs', 98, 2],
        ['__bi_cnt', 100, 4],
        ['bi_io_vec', 104, 8],
        ['bi_pool', 112, 8],
        ['bi_inline_vecs', 120, 0],
      ],
      certainty: 'inferred',
      source: `${from612('include/linux/blk_types.h')}, with cgroup and integrity, without iocost and inline encryption`,
    },
  ],
  scatterlist: [
    {
      version: '4.1',
      size: 32,
      members: [
        ['page_link', 0, 8],
        ['offset', 8, 4],
        ['length', 12, 4],
        ['dma_address', 16, 8],
        ['dma_length', 24, 4],
      ],
      certainty: 'ran',
      source: RAN_41,
    },
    {
      version: 'v1',
      size: 32,
      members: [
        ['pfn', 0, 8],
        ['offset', 8, 2],
        ['sg_flags', 10, 2],
        ['length', 12, 4],
        ['dma_address', 16, 8],
        ['dma_length', 24, 4],
      ],
      certainty: 'ran',
      source: RAN_V1,
    },
    {
      version: '6.12',
      size: 32,
      members: [
        ['page_link', 0, 8],
        ['offset', 8, 4],
        ['length', 12, 4],
        ['dma_address', 16, 8],
        ['dma_length', 24, 4],
        ['dma_flags', 28, 4],
      ],
      certainty: 'inferred',
      source: `${from612('include/linux/scatterlist.h')}, with P2PDMA or an IOMMU`,
    },
  ],
  __pfn_t: [
    { version: 'v1', size: 8, members: [['pfn', 0, 8]], certainty: 'ran', source: RAN_V1 },
    {
      version: 'v3',
      size: 8,
      members: [
        ['data', 0, 8],
        ['page', 0, 8],
      ],
      certainty: 'inferred',
      source: 'a union of a word and a pointer, as the v5 cover letter describes it',
    },
    { version: 'v5', size: 8, members: [['val', 0, 8]], certainty: 'stated', source: 'v5 2/5 mail' },
  ],
  pfn_t: [
    {
      version: '6.12',
      size: 8,
      members: [['val', 0, 8]],
      certainty: 'inferred',
      source: from612('include/linux/pfn.h'),
    },
  ],
  queue_limits: [
    {
      version: '4.1',
      size: 80,
      members: [
        ['bounce_pfn', 0, 8],
        ['seg_boundary_mask', 8, 8],
        ['max_hw_sectors', 16, 4],
        ['chunk_sectors', 20, 4],
        ['max_sectors', 24, 4],
        ['max_segment_size', 28, 4],
        ['max_segments', 66, 2],
      ],
      certainty: 'inferred',
      source:
        'offsets computed from linux 4.1.3 include/linux/blkdev.h; the size is that of the captured const.csv',
    },
    {
      version: '6.12',
      members: [
        ['features', 0, 4],
        ['seg_boundary_mask', 8, 8],
        ['virt_boundary_mask', 16, 8],
        ['max_hw_sectors', 24, 4],
        ['chunk_sectors', 32, 4],
        ['max_sectors', 36, 4],
        ['max_segment_size', 44, 4],
        ['max_segments', 136, 2],
      ],
      certainty: 'inferred',
      source: from612('include/linux/blkdev.h'),
    },
  ],
};

function bioVec(memory: string): readonly MemberPlace[] {
  return [
    [memory, 0, 8],
    ['bv_len', 8, 4],
    ['bv_offset', 12, 4],
  ];
}

/** How a structure is laid out, by version, oldest first; empty for one the catalogue has no layout of. */
export function layoutsOf(name: string): readonly StructLayout[] {
  return Object.hasOwn(LAYOUTS, name) ? (LAYOUTS[name] ?? []) : [];
}

/** Names that have a layout. */
export const LAID_OUT: readonly string[] = Object.keys(LAYOUTS);
