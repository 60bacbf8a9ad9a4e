import { bio_alloc, bio_endio, bio_put } from '../../block/bio';
import { bio_chain, bio_clone_bioset, bio_split } from '../../block/clone';
import { REQ_WRITE } from '../../block/flags';
import { blk_set_default_limits } from '../../block/limits';
import { BioWalk } from '../../block/iter';
import { io_schedule } from '../../block/plug';
import type { Disk, MergeBvec, RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { PAGE_SIZE } from '../../../model/address';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { kmap } from '../reach';
import { isDiscard } from '../segments';
import { isWrite, refuse } from './profile';

/** A frame, and a packet of 32 of them, in bytes. */
const CD_FRAMESIZE = 2048;
const PACKET = 32 * CD_FRAMESIZE;
const PACKET_SECTORS = PACKET / 512;

/**
 * Packet writing (4.1 drivers/block/pktcdvd.c): a disc is written by whole packets of 64 KiB. What a packet lacks is read
 * first; what is written is copied into the packet's own pages. Reads are cloned for the drive.
 */
export const pktcdvd: Driver<'pktcdvd'> = {
  name: 'pktcdvd',
  access: 'copies',
  pageless:
    'Reads pass on to the drive. A write is copied into the packet’s pages, by kmap_atomic() of the bio’s: without one that faults.',
  probe(kernel, spec, id, find) {
    const { bdev, nr_sects, store } = find(spec.device);
    const packets = new Packets(kernel, id, bdev);
    const queue: RequestQueue = {
      limits: {
        ...blk_set_default_limits(),
        logical_block_size: CD_FRAMESIZE,
        physical_block_size: CD_FRAMESIZE,
        io_min: CD_FRAMESIZE,
        max_hw_sectors: PACKET_SECTORS,
        max_sectors: PACKET_SECTORS,
      },
      flags: 0,
      flush_flags: 0,
      make_request_fn: (k, disk, bio) => {
        pkt_make_request(k, disk, bdev, packets, bio);
      },
      merge_bvec_fn: pkt_merge_bvec,
    };
    const capacity = Math.floor(nr_sects / PACKET_SECTORS) * PACKET_SECTORS;
    return { name: spec.name, id, capacity, queue: withSpec(queue, spec.queue), store };
  },
};

function pkt_make_request(kernel: Kernel, disk: Disk, bdev: number, packets: Packets, bio: Bio): void {
  if (isDiscard(bio) || (isWrite(bio) && (bio.bi_size === 0 || bio.bi_size % CD_FRAMESIZE !== 0))) {
    refuse(
      kernel,
      disk,
      bio,
      `pkt_make_request: ${bio.bi_size} bytes are no whole frames of ${CD_FRAMESIZE}`,
    );
    return;
  }
  if (!isWrite(bio)) {
    pkt_make_request_read(kernel, disk, bdev, bio);
    return;
  }
  for (;;) {
    const left = PACKET_SECTORS - (bio.bi_sector % PACKET_SECTORS);
    let part = bio;
    if (left < bio.bi_size >>> 9) {
      part = bio_split(kernel, bio, left);
      bio_chain(kernel, part, bio);
    }
    packets.add(part);
    if (part === bio) return;
  }
}

function pkt_make_request_read(kernel: Kernel, disk: Disk, bdev: number, bio: Bio): void {
  const { trace } = kernel;
  const clone = bio_clone_bioset(kernel, bio);
  clone.bi_bdev = kernel.bdevs[bdev]!;
  clone.bi_end_io = (k, ended, error) => {
    bio_put(k, ended);
    bio_endio(k, bio, error);
  };
  const sector = clone.bi_sector;
  trace.bio(trace.id.block_bio_remap, bdev, clone, sector, sector, clone.bi_size >>> 9, disk.id, clone.bi_rw);
  kernel.block.generic_make_request(kernel, clone);
}

/** The worker's queue: bios that wait for their packet, in the order they came. */
class Packets {
  private readonly waiting: Bio[] = [];
  private woken = false;
  private readonly walk = new BioWalk();

  constructor(
    private readonly kernel: Kernel,
    private readonly id: number,
    private readonly bdev: number,
  ) {}

  add(bio: Bio): void {
    this.waiting.push(bio);
    if (this.woken) return;
    this.woken = true;
    this.kernel.loop.soon(() => {
      this.woken = false;
      this.kcdrwd();
    }, this.id);
  }

  /** One packet after another: all that waits for the first one's zone goes with it. */
  private kcdrwd(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const zone = zoneOf(first);
      const bios = this.waiting.filter((bio) => zoneOf(bio) === zone);
      const rest = this.waiting.filter((bio) => zoneOf(bio) !== zone);
      this.waiting.splice(0, this.waiting.length, ...rest);
      this.packet(zone * PACKET_SECTORS, bios);
    }
  }

  private packet(sector: number, bios: readonly Bio[]): void {
    const { kernel } = this;
    const pages = this.pages();
    const frames = new Set(bios.flatMap((bio) => framesOf(bio, sector)));
    let error = 0;
    if (pages.length * PAGE_SIZE < PACKET) error = -12;
    if (error === 0 && frames.size < PACKET / CD_FRAMESIZE) error = this.io(sector, pages, 0);
    if (error === 0) {
      for (const bio of bios) this.pkt_make_local_copy(bio, sector, pages);
      error = this.io(sector, pages, REQ_WRITE);
    }
    for (const page of pages) {
      kernel.allocator.free_page(page);
      kernel.bytes.drop(page);
    }
    if (error !== 0) kernel.refusal ||= 'pkt_finish_packet: the packet could not be written';
    for (const bio of bios) bio_endio(kernel, bio, error === 0 ? 0 : -5);
  }

  private pages(): number[] {
    const { allocator } = this.kernel;
    const pages: number[] = [];
    while (pages.length * PAGE_SIZE < PACKET) {
      const page = allocator.alloc_page();
      if (page === undefined) break;
      pages.push(page);
    }
    return pages;
  }

  /** Reads or writes the whole packet, and waits for it. */
  private io(sector: number, pages: readonly number[], rw: number): number {
    const { kernel } = this;
    let left = pages.length;
    let failed = 0;
    for (let first = 0; first < pages.length;) {
      const bio = bio_alloc(kernel, this.bdev, 0, sector + first * 8, pages.length - first);
      let taken = 0;
      while (first + taken < pages.length && addWhole(kernel, bio, pages[first + taken]!)) taken++;
      if (taken === 0) throw new Error('a disc takes no page at all');
      const pieces = taken;
      bio.bi_end_io = (k, ended, error) => {
        if (error !== 0) failed = error;
        left -= pieces;
        bio_put(k, ended);
      };
      kernel.block.submit_bio(kernel, rw, bio);
      first += taken;
    }
    while (left > 0) if (!io_schedule(kernel)) throw new Error('a packet waits for what nothing will end');
    return failed;
  }

  private pkt_make_local_copy(bio: Bio, sector: number, pages: readonly number[]): void {
    const { kernel, walk } = this;
    walk.start(bio);
    let at = (bio.bi_sector - sector) * 512;
    while (walk.nextPage(kernel)) {
      const from = kmap(kernel, walk.pfn, walk.dev, 'pkt_make_local_copy') + walk.offset;
      for (let done = 0; done < walk.len;) {
        const offset = (at + done) % PAGE_SIZE;
        const run = Math.min(walk.len - done, PAGE_SIZE - offset);
        const to = pages[Math.floor((at + done) / PAGE_SIZE)]! * PAGE_SIZE + offset;
        kernel.copy(this.id, bio, from + done, to, run);
        done += run;
      }
      at += walk.len;
    }
  }
}

const zoneOf = (bio: Bio) => Math.floor(bio.bi_sector / PACKET_SECTORS);

const framesOf = (bio: Bio, sector: number) => {
  const first = ((bio.bi_sector - sector) * 512) / CD_FRAMESIZE;
  return Array.from({ length: bio.bi_size / CD_FRAMESIZE }, (_, i) => Math.floor(first) + i);
};

/** Packets are read and written by pages; a bio that a drive takes less of goes in pieces. */
const addWhole = (kernel: Kernel, bio: Bio, page: number) =>
  kernel.block.bio_add_page(kernel, bio, page, PAGE_SIZE, 0) > 0;

/** 4.1 `pkt_merge_bvec`: up to the end of the packet, and a page in any case. */
const pkt_merge_bvec: MergeBvec = (_kernel, _disk, bvm) => {
  const used = (bvm.sector % PACKET_SECTORS) * 512 + bvm.size;
  return Math.max(PACKET - used, PAGE_SIZE - bvm.size);
};
