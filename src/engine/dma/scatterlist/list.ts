import { PAGE_SIZE } from '../../../model/address';
import { Oops } from '../../oops';
import { SG_CHAIN, SG_END, type SgChunks } from './scatterlist';
import type { SgForm } from './form';

/** Where an entry is: its chunk, and its place there. */
export interface SgPlace {
  readonly chunk: number;
  readonly index: number;
}

/** Bytes of an entry, the same in every form. */
const SCATTERLIST_SIZE = 32n;

/** A table as `SgChunks` lays it out, its entries kept in the form of one kernel: links and marks are in their words. */
export class SgList<Entry> {
  private readonly chunks: Entry[][];

  /** `start`: kernel address of the first chunk; each has a page, one behind the other. */
  constructor(
    readonly form: SgForm<Entry>,
    { chunks }: SgChunks,
    private readonly start = 0xffff88007a000000n,
  ) {
    this.chunks = chunks.map((chunk) =>
      chunk.map(({ link, chain }) => {
        if (link & SG_CHAIN) return form.sg_chain(this.addressOf(chain));
        return link & SG_END ? form.sg_mark_end(form.blank) : form.blank;
      }),
    );
  }

  get first(): SgPlace {
    return { chunk: 0, index: 0 };
  }

  at({ chunk, index }: SgPlace): Entry {
    return this.chunks[chunk]![index]!;
  }

  /** Gives the entry at a place another word. */
  change(place: SgPlace, change: (sg: Entry) => Entry): void {
    this.chunks[place.chunk]![place.index] = change(this.at(place));
  }

  /**
   * `sg_next`: over a link, `undefined` after the entry that is marked as the last. Throws Oops where no mark stops it at
   * the table's end: what the kernel reads there is whatever follows in memory.
   */
  sg_next(place: SgPlace): SgPlace | undefined {
    const { form } = this;
    if (form.sg_is_last(this.at(place))) return undefined;
    const next = { chunk: place.chunk, index: place.index + 1 };
    if (next.index === this.chunks[next.chunk]!.length) {
      const beyond = this.addressOf(next.chunk) + BigInt(next.index) * SCATTERLIST_SIZE;
      throw new Oops('the last entry has no mark: the walk goes on behind the table', beyond, 'sg_next');
    }
    const sg = this.at(next);
    if (!form.sg_is_chain(sg)) return next;
    return { chunk: Number((form.sg_chain_ptr(sg) - this.start) / BigInt(PAGE_SIZE)), index: 0 };
  }

  /** Every data entry's place, in order. */
  *places(): Generator<SgPlace> {
    for (let at: SgPlace | undefined = this.first; at; at = this.sg_next(at)) yield at;
  }

  private addressOf(chunk: number): bigint {
    return this.start + BigInt(chunk * PAGE_SIZE);
  }
}
