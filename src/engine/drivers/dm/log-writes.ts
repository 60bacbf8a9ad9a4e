import type { DmTarget } from '../../../model/target-spec';
import { bio_alloc, bio_endio, bio_put } from '../../block/bio';
import { REQ_DISCARD, REQ_FLUSH, REQ_FUA, REQ_WRITE } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import { blk_queue_discard } from '../../block/queue';
import type { Bio } from '../../block/tables';
import { ENOMEM } from '../../errno';
import type { Kernel } from '../../kernel';
import type { Find } from '../driver';
import { kmap } from '../reach';
import { startPageIo } from './pages-io';
import { linearTarget, type Target } from './target';

const LOG_FLUSH_FLAG = 1;
const LOG_FUA_FLAG = 2;
const LOG_DISCARD_FLAG = 4;
const SECTOR = 512;

/** A write that waits for its place in the log, and the copies of its pages. */
interface PendingBlock {
  readonly sector: number;
  readonly nr_sectors: number;
  readonly flags: number;
  readonly vecs: { readonly page: number; readonly len: number }[];
  /** Unflushed writes before a flush. */
  before: PendingBlock[];
}

/**
 * drivers/md/dm-log-writes.c: every write is copied when it comes and logged when it is safe: after the next flush, or at once
 * with FUA. An entry is a sector that says where and how much, then the data; the superblock
 * in sector 0 counts them, and is written after each with FUA.
 */
export function logWrites(spec: Extract<DmTarget, { type: 'log-writes' }>, find: Find): Target {
  const base = linearTarget('log-writes', spec, find);
  const log = find(spec.log).bdev;
  const below = find(spec.device).disk;
  const blocks = new Map<Bio, PendingBlock>();
  let unflushed: PendingBlock[] = [];
  const logging: PendingBlock[] = [];
  let next_sector = 1;
  let logged_entries = 0;
  let woken = false;
  const walk = new BioWalk();

  const log_writes_kthread = (kernel: Kernel): void => {
    for (const block of logging.splice(0)) {
      const sector = next_sector;
      next_sector += 1 + (block.flags & LOG_DISCARD_FLAG ? 0 : block.nr_sectors);
      log_one_block(kernel, log, block, sector);
      logged_entries++;
      if (block.flags & LOG_FUA_FLAG) writeSector(kernel, log, 0, superOf(logged_entries));
    }
  };
  const wake = (kernel: Kernel): void => {
    if (woken) return;
    woken = true;
    kernel.loop.soon(() => {
      woken = false;
      log_writes_kthread(kernel);
    }, log);
  };

  return {
    ...base,
    map(kernel, clone) {
      const rw = clone.bi_rw;
      const flush = (rw & REQ_FLUSH) !== 0;
      if ((rw & REQ_WRITE) === 0 || (clone.bi_size === 0 && !flush)) return 'remapped';
      const flags =
        (flush ? LOG_FLUSH_FLAG : 0) |
        (rw & REQ_FUA ? LOG_FUA_FLAG : 0) |
        (rw & REQ_DISCARD ? LOG_DISCARD_FLAG : 0);
      const block: PendingBlock = {
        sector: clone.bi_sector,
        nr_sectors: clone.bi_size >>> 9,
        flags,
        vecs: [],
        before: [],
      };
      blocks.set(clone, block);
      if (rw & REQ_DISCARD) {
        if (blk_queue_discard(below.queue)) return 'remapped';
        kernel.loop.soon((late) => bio_endio(kernel, late, 0), clone);
        return 'submitted';
      }
      walk.start(clone);
      while (walk.nextPage(kernel)) {
        const page = kernel.allocator.alloc_page();
        if (page === undefined) {
          freePages(kernel, block);
          blocks.delete(clone);
          kernel.refusal = 'log_writes_map: no page to copy a write into';
          return -ENOMEM;
        }
        block.vecs.push({ page, len: walk.len });
        const from = kmap(kernel, walk.pfn, walk.dev, 'log_writes_map') + walk.offset;
        kernel.copy(clone.bi_bdev.id, clone, from, page * 4096, walk.len);
      }
      if (flush) {
        block.before = unflushed;
        unflushed = [];
      }
      return 'remapped';
    },
    end_io(kernel, clone, error) {
      const block = blocks.get(clone);
      blocks.delete(clone);
      if (!block) return error;
      if (block.flags & LOG_FLUSH_FLAG) {
        logging.push(...block.before, block);
        wake(kernel);
      } else if (block.flags & LOG_FUA_FLAG) {
        logging.push(block);
        wake(kernel);
      } else unflushed.push(block);
      return error;
    },
  };
}

function freePages(kernel: Kernel, block: PendingBlock): void {
  for (const { page } of block.vecs) {
    kernel.allocator.free_page(page);
    kernel.bytes.drop(page);
  }
}

/** The entry's own sector, then its data, in as many bios as the disk makes of it. */
function log_one_block(kernel: Kernel, bdev: number, block: PendingBlock, sector: number): void {
  writeSector(kernel, bdev, sector, entryOf(block));
  if (block.vecs.length === 0) return;
  let waits = 1;
  const ended = (k: Kernel) => {
    if (--waits === 0) freePages(k, block);
  };
  let at = sector + 1;
  for (let first = 0; first < block.vecs.length;) {
    const bio = bio_alloc(kernel, bdev, 0, at, block.vecs.length - first);
    for (const { page, len } of block.vecs.slice(first)) {
      if (kernel.block.bio_add_page(kernel, bio, page, len, 0) === 0) break;
      first++;
    }
    // A disk that takes no page at all has no log.
    if (bio.bi_size === 0) {
      bio_put(kernel, bio);
      break;
    }
    at += bio.bi_size >>> 9;
    bio.bi_end_io = (k, one) => {
      bio_put(k, one);
      ended(k);
    };
    waits++;
    kernel.block.submit_bio(kernel, REQ_WRITE, bio);
  }
  ended(kernel);
}

/** `write_metadata`: one sector, from a page of its own. */
function writeSector(kernel: Kernel, bdev: number, sector: number, bytes: Uint8Array): void {
  const page = kernel.allocator.takePage()!;
  if (kernel.copyBytes) kernel.bytes.write(page * 4096, bytes);
  startPageIo(kernel, bdev, sector, page, SECTOR, REQ_WRITE, (k) => {
    k.allocator.free_page(page);
    k.bytes.drop(page);
  });
}

/** `struct log_write_super`: how many entries there are. */
function superOf(entries: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 0x6a736677736872n, true);
  view.setBigUint64(8, 1n, true);
  view.setBigUint64(16, BigInt(entries), true);
  view.setUint32(24, SECTOR, true);
  return bytes;
}

/** `struct log_write_entry`: four little-endian numbers in a sector. */
function entryOf({ sector, nr_sectors, flags }: PendingBlock): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sector), true);
  view.setBigUint64(8, BigInt(nr_sectors), true);
  view.setBigUint64(16, BigInt(flags), true);
  return bytes;
}
