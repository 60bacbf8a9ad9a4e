import * as v from 'valibot';
import { Name } from './device-common';
import { Hex, count } from './memory-facts';

export const VecSchema = v.strictObject({
  pfn: v.pipe(Hex, v.description('Page frame number (not an address).')),
  offset: count('Byte offset in the page.', 4095),
  len: count('Length in bytes; more than a page only since 5.1.', 0xffffffff),
});

export type Vec = v.InferOutput<typeof VecSchema>;

/** What `bi_rw` may carry besides the direction, in 4.1's words. */
export const IO_FLAGS = ['sync', 'noidle', 'meta', 'prio', 'rahead', 'flush', 'fua'] as const;
export type IoFlag = (typeof IO_FLAGS)[number];

/** Code that makes bios of pages of its own kind. */
export const SUBMITTERS = [
  'buffer-head',
  'direct-io',
  'mpage',
  'splice',
  'swap',
  'hibernation',
  'btrfs-data',
  'btrfs-csum',
  'btrfs-compressed',
  'btrfs-metadata',
  'btrfs-raid56',
  'btrfs-direct',
  'btrfs-check-integrity',
  'ext4-write',
  'ext4-read',
  'f2fs',
  'gfs2',
  'logfs',
  'exofs',
  'exofs-raid',
] as const;
export type SubmitterName = (typeof SUBMITTERS)[number];

export const IoSchema = v.strictObject({
  op: v.picklist(['read', 'write', 'discard']),
  device: Name,
  sector: count('First sector of 512 bytes.', Number.MAX_SAFE_INTEGER),
  sectors: v.optional(count('For a discard, which has no vectors: its length in sectors.', 0x7fffff)),
  flags: v.optional(
    v.pipe(
      v.array(v.picklist(IO_FLAGS)),
      v.description('A write with "flush" and no vectors is an empty flush.'),
    ),
  ),
  add: v.pipe(
    v.picklist(['bio_add_page', 'bio_add_pfn', 'by-hand', 'raw']),
    v.description(
      'How the bio is built. "by-hand" fills the vectors and sets BIO_PFN without asking the queue, as a careless caller would; "raw" fills them and sets no flag.',
    ),
  ),
  by: v.optional(
    v.pipe(
      v.picklist(SUBMITTERS),
      v.description(
        'Who makes the bio, and looks at its pages when it ends; nobody in particular if absent.',
      ),
    ),
  ),
  vecs: v.pipe(v.array(VecSchema), v.maxLength(256)),
  partly: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'A vector that the queue refuses ends the bio, which is submitted as it is - as most callers do. Without it, nothing is submitted then.',
      ),
    ),
  ),
  fill: v.optional(v.pipe(count('Seed of the bytes put into the vectors first.', 0xffffffff))),
  batch: v.optional(
    v.pipe(
      count('A number.', 0xffffffff),
      v.description(
        'I/Os next to each other with the same number are submitted one after another, and waited for together.',
      ),
    ),
  ),
  plug: v.optional(v.pipe(v.boolean(), v.description('The batch is submitted under a blk_plug.'))),
});
export type Io = v.InferOutput<typeof IoSchema>;
