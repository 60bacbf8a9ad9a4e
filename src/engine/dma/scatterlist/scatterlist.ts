import { EINVAL } from '../../errno';

/** Entries in one page: 4096 bytes of 32; of 40 with DEBUG_SG. */
export const SG_MAX_SINGLE_ALLOC = 128;
export const SG_MAX_SINGLE_ALLOC_DEBUG = 102;

/** Bits of `page_link` beside the pointer. */
export const SG_CHAIN = 1;
export const SG_END = 2;

/** `struct scatterlist`: the page and where its data lies in it, or, with SG_CHAIN, where the list goes on. Bytes. */
export interface Scatterlist {
  /** SG_CHAIN and SG_END. */
  link: number;
  /** The page's pfn; NONE where nobody set one. */
  pfn: number;
  offset: number;
  length: number;
  dma_address: number;
  dma_length: number;
  /** Where a chain entry leads: the chunk, from its first entry on. */
  chain: number;
}

/** A table of one or more chunks, each but the last ending in a link to the next (lib/scatterlist.c). */
export class SgChunks {
  readonly chunks: Scatterlist[][] = [];
  nents = 0;
  orig_nents = 0;

  /** `__sg_alloc_table`: 0, or -EINVAL for an empty table. `max_ents`: entries of a chunk, its link among them. */
  static alloc(nents: number, max_ents = SG_MAX_SINGLE_ALLOC): { table: SgChunks; ret: number } {
    const table = new SgChunks();
    if (nents === 0) return { table, ret: -EINVAL };
    for (let left = nents; left > 0;) {
      const size = Math.min(left, max_ents);
      const last = left <= max_ents;
      table.addChunk(size);
      left -= last ? size : size - 1;
    }
    table.nents = table.orig_nents = nents;
    return { table, ret: 0 };
  }

  /** Chains one more chunk of `size` blank entries to the last one's last entry, which becomes the link. */
  addChunk(size: number): void {
    const before = this.chunks.at(-1);
    if (before) {
      sg_unmark_end(before.at(-1)!);
      sg_chain(before.at(-1)!, this.chunks.length);
    }
    const chunk = Array.from({ length: size }, blank);
    sg_mark_end(chunk.at(-1)!);
    this.chunks.push(chunk);
  }

  /** The entries that hold data, as `sg_next` walks them: over links, up to the last. */
  *[Symbol.iterator](): Generator<Scatterlist> {
    for (let chunk = 0, i = 0; ;) {
      const sg = this.chunks[chunk]?.[i];
      if (!sg) return;
      if (sg.link & SG_CHAIN) {
        chunk = sg.chain;
        i = 0;
        continue;
      }
      yield sg;
      if (sg.link & SG_END) return;
      i++;
    }
  }

  /** `sg_nents`: entries up to the last. */
  get length(): number {
    return [...this].length;
  }
}

function blank(): Scatterlist {
  return { link: 0, pfn: -1, offset: 0, length: 0, dma_address: 0, dma_length: 0, chain: -1 };
}

/** Lengths and offsets in bytes. The entry's marks stay. */
export function sg_set_page(sg: Scatterlist, pfn: number, length: number, offset: number): void {
  sg.pfn = pfn;
  sg.length = length;
  sg.offset = offset;
}

export function sg_mark_end(sg: Scatterlist): void {
  sg.link = (sg.link | SG_END) & ~SG_CHAIN;
}

export function sg_unmark_end(sg: Scatterlist): void {
  sg.link &= ~SG_END;
}

/** Makes an entry a link: it has no length and no offset of its own. */
export function sg_chain(sg: Scatterlist, chunk: number): void {
  sg.offset = sg.length = 0;
  sg.chain = chunk;
  sg.link = (sg.link | SG_CHAIN) & ~SG_END;
}
