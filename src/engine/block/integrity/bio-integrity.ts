import { EILSEQ, EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { kmap } from '../../drivers/reach';
import { PhysicalBytes } from '../../memory/bytes';
import { bio_endio, bio_endio_nodec } from '../bio';
import { REQ_DISCARD, REQ_WRITE, REQ_WRITE_SAME } from '../flags';
import { BioWalk } from '../iter';
import type { QueueLimits } from '../limits';
import type { Disk, MakeRequest } from '../queue';
import type { Request } from '../requests';
import type { Bio } from '../tables';
import { INTERVAL, TUPLE, t10_pi_generate, t10_pi_verify, type Guard, type ProtectionType } from './t10';

/** `struct blk_integrity` of a disk. */
export interface IntegrityProfile {
  readonly type: ProtectionType;
  readonly guard: Guard;
}

/** `struct bio_integrity_payload`: the tags of a bio, in pages of its own. Sectors of the device. */
interface Payload {
  readonly page: number;
  readonly pages: readonly number[];
  /** Sector the tags start at: `bip_get_seed`. */
  readonly seed: number;
  readonly bytes: number;
}

/**
 * Protection information of one disk (4.1 block/bio-integrity.c, drivers/scsi/sd_dif.c): the CPU makes a tag for each interval
 * of a write, the device checks and keeps it, and hands it back with a read for the CPU to check. `bip`s live as long as their
 * bios.
 */
export class Integrity {
  private readonly payloads = new Map<Bio, Payload>();
  /** The device's tags, by sector. What was never written has the escape. */
  private readonly tags = new PhysicalBytes();
  private readonly written = new Set<number>();

  constructor(private readonly profile: IntegrityProfile) {}

  /** `blk_rq_count_integrity_sg` of one bio. */
  segments(bio: Bio, limits: QueueLimits): number {
    const payload = this.payloads.get(bio);
    return payload === undefined ? 0 : tagSegments([payload], limits);
  }

  /** `bio_integrity_prep` before the queue gets a bio; in 6.12 what is too long was cut before. */
  around(next: MakeRequest): MakeRequest {
    return (kernel, disk, submitted) => {
      const bio = kernel.block.md_split(kernel, disk, submitted);
      if (bio_integrity_enabled(bio) && !this.prep(kernel, disk, bio)) {
        kernel.refusal = 'bio_integrity_prep: no page for the tags';
        bio_endio(kernel, bio, -EIO);
        return;
      }
      next(kernel, disk, bio);
    };
  }

  private prep(kernel: Kernel, disk: Disk, bio: Bio): boolean {
    const bytes = (bio.bi_size / INTERVAL) * TUPLE;
    const pages: number[] = [];
    while (pages.length * 4096 < bytes) {
      const page = kernel.allocator.alloc_page();
      if (page === undefined) {
        for (const taken of pages) kernel.allocator.free_page(taken);
        return false;
      }
      pages.push(page);
    }
    const payload = { page: pages[0]!, pages, seed: bio.bi_sector, bytes };
    this.payloads.set(bio, payload);
    const { bi_end_io, bi_private, bi_size, bi_idx, bi_bvec_done } = bio;
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    if (write) this.process(kernel, disk, bio, payload, 'generate');
    bio.bi_end_io = (k, ended, error) => {
      const finish = (result: number) => {
        this.free(k, ended);
        ended.bi_end_io = bi_end_io;
        ended.bi_private = bi_private;
        bio_endio_nodec(k, ended, result);
      };
      if (write || error !== 0) {
        finish(error);
        return;
      }
      // Its own bi_end_io is still to come: nobody may take it for complete.
      ended.done--;
      k.loop.soon((late) => {
        const at = { size: late.bi_size, idx: late.bi_idx, done: late.bi_bvec_done };
        Object.assign(late, { bi_size, bi_idx, bi_bvec_done });
        const wrong = this.process(k, disk, late, payload, 'verify');
        Object.assign(late, { bi_size: at.size, bi_idx: at.idx, bi_bvec_done: at.done });
        finish(wrong ? -EILSEQ : 0);
      }, ended);
    };
    return true;
  }

  /** 4.1 `bio_integrity_process`: every interval, through a mapping of its page. Gives whether one was wrong. */
  private process(
    kernel: Kernel,
    disk: Disk,
    bio: Bio,
    payload: Payload,
    what: 'generate' | 'verify',
  ): boolean {
    const { trace } = kernel;
    const { type, guard } = this.profile;
    const walk = new BioWalk();
    let sector = payload.seed;
    walk.start(bio);
    while (walk.nextPage(kernel)) {
      const memory = kmap(kernel, walk.pfn, walk.dev, 'bio_integrity_process') + walk.offset;
      for (let done = 0; done < walk.len; done += INTERVAL, sector++) {
        const interval = kernel.bytes.read(memory + done, Math.min(INTERVAL, walk.len - done));
        const at = tupleAt(payload, sector);
        if (what === 'generate') kernel.bytes.write(at, t10_pi_generate(type, guard, interval, sector));
        else {
          const wrong = t10_pi_verify(type, guard, interval, kernel.bytes.read(at, TUPLE), sector);
          if (wrong !== '' && kernel.copyBytes) {
            trace.rule('bio_integrity_verify_fn', disk.id, bio, sector, -EILSEQ, `${disk.name}: ${wrong}`);
            kernel.refusal = `bio_integrity_verify_fn: ${disk.name}: ${wrong}`;
            return true;
          }
        }
      }
    }
    const event = trace.id.bio_integrity_process;
    trace.bio(
      event,
      disk.id,
      bio,
      payload.seed,
      payload.page,
      payload.bytes,
      what === 'generate' ? 1 : 0,
      bio.bi_rw,
    );
    return false;
  }

  private free(kernel: Kernel, bio: Bio): void {
    for (const page of this.payloads.get(bio)?.pages ?? []) {
      kernel.allocator.free_page(page);
      kernel.bytes.drop(page);
    }
    this.payloads.delete(bio);
  }

  /**
   * The device's part, with its data moved: it checks what is written against the tags that came with it, and keeps them; it
   * hands out those of what is read. `data`: what the device holds. Gives 0 or -EILSEQ.
   */
  exchange(kernel: Kernel, disk: Disk, rq: Request, data: PhysicalBytes): number {
    this.blk_rq_map_integrity_sg(kernel, disk, rq);
    const { type, guard } = this.profile;
    for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
      const payload = this.payloads.get(bio);
      if (!payload) continue;
      const write = (bio.bi_rw & REQ_WRITE) !== 0;
      for (let sector = payload.seed; sector < payload.seed + payload.bytes / TUPLE; sector++) {
        const at = tupleAt(payload, sector);
        if (!write) {
          const known = this.written.has(sector);
          kernel.bytes.write(
            at,
            known ? this.tags.read(sector * TUPLE, TUPLE) : new Uint8Array(TUPLE).fill(0xff),
          );
          continue;
        }
        const tuple = kernel.bytes.read(at, TUPLE);
        const wrong = t10_pi_verify(type, guard, data.read(sector * 512, INTERVAL), tuple, sector);
        if (wrong !== '' && kernel.copyBytes) {
          kernel.refusal = `${disk.name} refuses what it is sent: ${wrong}`;
          return -EILSEQ;
        }
        this.tags.write(sector * TUPLE, tuple);
        this.written.add(sector);
      }
    }
    return 0;
  }

  /** The tags of a request as a scatterlist. */
  private blk_rq_map_integrity_sg(kernel: Kernel, disk: Disk, rq: Request): void {
    const { trace } = kernel;
    const payloads: Payload[] = [];
    for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
      const payload = this.payloads.get(bio);
      if (payload) payloads.push(payload);
    }
    const entries = tagSegments(payloads, disk.queue.limits);
    const bytes = payloads.reduce((sum, payload) => sum + payload.bytes, 0);
    const event = trace.id.blk_rq_map_integrity_sg;
    if (entries > 0) trace.bio(event, disk.id, rq.bio, rq.__sector, rq.serial, entries, bytes, rq.cmd_flags);
  }
}

/** Neighbours in memory are one segment, as far as segments of data may go. */
function tagSegments(
  payloads: readonly Payload[],
  { max_segment_size, seg_boundary_mask }: QueueLimits,
): number {
  let segments = 0;
  let size = 0;
  let end = -1;
  for (const { pages, bytes } of payloads) {
    pages.forEach((page, n) => {
      const start = page * 4096;
      const length = Math.min(bytes - n * 4096, 4096);
      const window = seg_boundary_mask + 1;
      const fits =
        start === end &&
        size + length <= max_segment_size &&
        Math.floor((start - size) / window) === Math.floor((start + length - 1) / window);
      if (!fits) segments++;
      size = fits ? size + length : length;
      end = start + length;
    });
  }
  return segments;
}

/** Physical byte of a sector's tuple. */
function tupleAt({ pages, seed }: Payload, sector: number): number {
  const at = (sector - seed) * TUPLE;
  return pages[Math.floor(at / 4096)]! * 4096 + (at % 4096);
}

function bio_integrity_enabled(bio: Bio): boolean {
  return bio.bi_size > 0 && (bio.bi_rw & (REQ_DISCARD | REQ_WRITE_SAME)) === 0;
}
