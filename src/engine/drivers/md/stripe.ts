import { REQ_FUA, REQ_SYNC } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { kmap } from '../reach';

export const STRIPE_SECTORS = 8;
const STRIPE_SIZE = 4096;

/** `struct r5dev`: one device's page of a stripe. */
export interface StripeDev {
  /** The array's sector of its first byte; 0 for the parity. */
  readonly sector: number;
  /** The stripe's own page: a pfn. */
  readonly page: number;
  uptodate: boolean;
  /** R5_LOCKED: it is being read or written. */
  locked: boolean;
  /** R5_ReadNoMerge: it could not be read, and is read once more by itself. */
  readNoMerge: boolean;
  /** R5_ReadError: nor could it then. It counts as lost until it has been written over; R5_ReWrite: it has. */
  readError: boolean;
  reWrite: boolean;
  towrite: Bio[];
  written: Bio[];
  toread: Bio[];
}

/** `struct stripe_head`: a row of pages, one a device, at the same sector of each. */
export class Stripe {
  readonly dev: readonly StripeDev[];
  queued = false;
  /** STRIPE_DELAYED: it must be read before it can be written, and others are. STRIPE_PREREAD_ACTIVE: its turn. */
  delayed = false;
  preread = false;

  constructor(
    readonly sector: number,
    readonly pd_idx: number,
    sectors: readonly number[],
    page: () => number,
  ) {
    this.dev = sectors.map((at) => ({
      sector: at,
      page: page(),
      uptodate: false,
      locked: false,
      readNoMerge: false,
      readError: false,
      reWrite: false,
      towrite: [],
      written: [],
      toread: [],
    }));
  }

  get locked(): boolean {
    return this.dev.some(({ locked }) => locked);
  }

  get idle(): boolean {
    return (
      !this.queued &&
      this.dev.every((d) => !d.locked && d.towrite.length + d.written.length + d.toread.length === 0)
    );
  }
}

/** Sectors [from, to) of the device's page that a bio covers, counted from the page's start. */
export function cover(dev: StripeDev, bio: Bio): readonly [number, number] {
  const from = Math.max(bio.bi_sector - dev.sector, 0);
  const to = Math.min(bio.bi_sector + (bio.bi_size >>> 9) - dev.sector, STRIPE_SECTORS);
  return [from, to];
}

/** R5_OVERWRITE: what is to be written covers the whole page. */
export function overwrites(dev: StripeDev): boolean {
  let end = 0;
  const runs = dev.towrite.map((bio) => cover(dev, bio)).sort((a, b) => a[0] - b[0]);
  for (const [from, to] of runs) {
    if (from > end) return false;
    end = Math.max(end, to);
  }
  return end >= STRIPE_SECTORS;
}

const walk = new BioWalk();

/** 4.1 `async_copy_data`: between a bio's pages and the stripe's, by the CPU. */
export function async_copy_data(
  kernel: Kernel,
  array: number,
  dev: StripeDev,
  bio: Bio,
  frombio: boolean,
): void {
  let at = (bio.bi_sector - dev.sector) * 512;
  walk.start(bio);
  while (walk.nextPage(kernel)) {
    const from = Math.max(at, 0);
    const to = Math.min(at + walk.len, STRIPE_SIZE);
    if (from < to) {
      const memory = kmap(kernel, walk.pfn, walk.dev, 'async_copy_data') + walk.offset + (from - at);
      const own = dev.page * STRIPE_SIZE + from;
      if (frombio) kernel.copy(array, bio, memory, own, to - from);
      else kernel.copy(array, bio, own, memory, to - from);
    }
    at += walk.len;
  }
}

/** `async_xor`: `into` becomes the exclusive or of the pages of `devs`, itself included where it is one of them. */
export function async_xor(kernel: Kernel, into: StripeDev, devs: readonly StripeDev[]): void {
  if (!kernel.copyBytes) return;
  const sum = new Uint8Array(STRIPE_SIZE);
  for (const { page } of devs) {
    const bytes = kernel.bytes.read(page * STRIPE_SIZE, STRIPE_SIZE);
    for (let i = 0; i < STRIPE_SIZE; i++) sum[i]! ^= bytes[i]!;
  }
  kernel.bytes.write(into.page * STRIPE_SIZE, sum);
}

/** What the bios of a page ask of its write: R5_WantFUA and R5_SyncIO. */
export const writeFlags = (bios: readonly Bio[]): number =>
  bios.reduce((flags, { bi_rw }) => flags | (bi_rw & (REQ_FUA | REQ_SYNC)), 0);
