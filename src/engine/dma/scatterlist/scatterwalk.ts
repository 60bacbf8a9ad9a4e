import { PAGE_SIZE } from '../../../model/address';
import { page_address, ulong, X86_64, type AddressSpace } from '../../memory/address-space';
import { Oops } from '../../oops';
import type { SgList, SgPlace } from './list';

/** Memory by kernel address. Throws Oops in the name of `where` for what is not mapped. */
export interface KernelMemory {
  read(address: bigint, length: number, where: string): Uint8Array;
  write(address: bigint, bytes: Uint8Array, where: string): void;
}

/**
 * A cipher's walk over a scatterlist (4.1: crypto/scatterwalk.c, include/crypto/scatterwalk.h). It wants pages: where an
 * entry has none, v1 has a BUG in `sg_page`; v5 warns and maps what NULL stands for; 4.1, which cannot tell, touches an
 * address of the direct map that is not there. That the pages written are flushed is not modelled: on x86 it is nothing.
 * Offsets in bytes, counted from the entry's page.
 */
export class ScatterWalk<Entry> {
  sg: SgPlace;
  offset = 0;

  constructor(
    private readonly list: SgList<Entry>,
    private readonly memory: KernelMemory,
    private readonly space: AddressSpace = X86_64,
  ) {
    this.sg = list.first;
  }

  private place(): { readonly offset: number; readonly length: number } {
    return this.list.form.place(this.list.at(this.sg));
  }

  /** Throws Oops (BUG_ON) for an entry without bytes. */
  scatterwalk_start(sg: SgPlace): void {
    this.sg = sg;
    const { offset, length } = this.place();
    if (length === 0) throw new Oops('kernel BUG: an entry of no bytes', 0n, 'scatterwalk_start');
    this.offset = offset;
  }

  /** Bytes left in the page, and in the entry. */
  scatterwalk_pagelen(): number {
    const { offset, length } = this.place();
    return Math.min(offset + length - this.offset, PAGE_SIZE - (this.offset % PAGE_SIZE));
  }

  /** The kernel address of the current byte: `kmap_atomic` of its page, which on 64 bits is arithmetic. */
  scatterwalk_map(): bigint {
    const { space, list, offset } = this;
    const pages = BigInt(Math.floor(offset / PAGE_SIZE));
    const page = list.form.sg_page(list.at(this.sg)) + pages * BigInt(space.structPageSize);
    return ulong(page_address(page, space) + BigInt(offset % PAGE_SIZE), space);
  }

  scatterwalk_advance(bytes: number): void {
    this.offset += bytes;
  }

  /** Goes on to the next page, or to the next entry. */
  private scatterwalk_pagedone(): void {
    this.offset = Math.ceil(this.offset / PAGE_SIZE) * PAGE_SIZE;
    const { offset, length } = this.place();
    if (this.offset < offset + length) return;
    const next = this.list.sg_next(this.sg);
    if (!next)
      throw new Oops(
        'BUG: unable to handle kernel NULL pointer dereference, in scatterwalk_start',
        0n,
        'scatterwalk_start',
      );
    this.scatterwalk_start(next);
  }

  /** Copies between `buffer` and the list, which it writes with `out`. */
  scatterwalk_copychunks(buffer: Uint8Array, out: boolean): void {
    for (let done = 0; ;) {
      const length = Math.min(this.scatterwalk_pagelen(), buffer.length - done);
      const address = this.scatterwalk_map();
      if (out) this.memory.write(address, buffer.subarray(done, done + length), '__memcpy');
      else buffer.set(this.memory.read(address, length, '__memcpy'), done);
      this.scatterwalk_advance(length);
      done += length;
      if (done === buffer.length) return;
      this.scatterwalk_pagedone();
    }
  }

  /** Copies from byte `start` of the list on, or to there. */
  scatterwalk_map_and_copy(buffer: Uint8Array, start: number, out: boolean): void {
    if (buffer.length === 0) return;
    let before = 0;
    for (const sg of this.list.places()) {
      this.scatterwalk_start(sg);
      const { length } = this.place();
      if (start < before + length) {
        this.scatterwalk_advance(start - before);
        this.scatterwalk_copychunks(buffer, out);
        return;
      }
      before += length;
    }
    // 4.1 does not look whether there is a next entry.
    throw new Oops(
      'BUG: unable to handle kernel NULL pointer dereference, in scatterwalk_start',
      0n,
      'scatterwalk_start',
    );
  }
}
