import { bio_alloc, bio_endio, bio_put } from '../../block/bio';
import { bio_clone_bioset } from '../../block/clone';
import { REQ_FLUSH, REQ_NOMERGE, REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_check_plugged, io_schedule } from '../../block/plug';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import type { Raid5Layout } from '../../../model/device-spec';
import type { PlugCallback } from '../../task';
import { md_error, type Member } from './array';
import { MdFlush } from './flush';
import { raid5_compute_sector, sectorsOfStripe } from './raid5-layout';
import { ReadErrors } from './raid5-read';
import { StripeLists } from './stripe-lists';
import { MdThread } from './thread';
import { STRIPE_SECTORS, Stripe, async_copy_data, async_xor, cover, overwrites, writeFlags } from './stripe';

/** `NR_STRIPES`: stripes that are kept. */
const NR_STRIPES = 256;

/** A bio on its way through stripes: in how many, and what went wrong. */
interface Active {
  stripes: number;
  error: number;
}

/** One array: its stripes, and the thread that looks after them. */
export class Raid5 {
  private readonly stripes = new Map<number, Stripe>();
  private readonly active = new Map<Bio, Active>();
  private readonly lists = new StripeLists();
  /** Aligned reads that failed: raid5d has them read the long way. */
  private readonly retry_read: Bio[] = [];
  private readonly readErrors: ReadErrors;
  private readonly thread: MdThread;
  private readonly flush: MdFlush;
  readonly level = 'raid5';

  constructor(
    readonly id: number,
    readonly name: string,
    private readonly members: Member[],
    private readonly layout: Raid5Layout,
    private readonly chunk: number,
  ) {
    this.readErrors = new ReadErrors(members.length, NR_STRIPES, (kernel, rule) => {
      const what = `raid5_end_read_request: ${rule}`;
      kernel.trace.rule('raid5_end_read_request', id, undefined, 0, 0, what);
    });
    this.thread = new MdThread(id, (kernel) => {
      this.raid5d(kernel);
    });
    this.flush = new MdFlush(
      () => members.filter(({ faulty }) => !faulty).map(({ bdev }) => bdev),
      (kernel, bio) => this.make_request(kernel, bio),
    );
  }

  make_request(kernel: Kernel, bio: Bio): void {
    if (bio.bi_rw & REQ_FLUSH && kernel.block.md_flush(kernel, this.flush, bio)) return;
    const degraded = this.members.some(({ faulty }) => faulty);
    if ((bio.bi_rw & REQ_WRITE) === 0 && !degraded && this.chunk_aligned_read(kernel, bio)) return;
    this.throughStripes(kernel, bio);
  }

  /** A bio in all the stripes that it touches; it ends after the last. `again`: its device has failed to read it. */
  private throughStripes(kernel: Kernel, bio: Bio, again = false): void {
    const active = { stripes: 1, error: 0 };
    this.active.set(bio, active);
    const first = bio.bi_sector - (bio.bi_sector % STRIPE_SECTORS);
    for (let logical = first; logical < bio_end_sector(bio); logical += STRIPE_SECTORS) {
      active.stripes++;
      const { dd_idx, sector } = this.place(logical);
      const sh = this.get_active_stripe(kernel, sector);
      this.add_stripe_bio(kernel, sh, bio, dd_idx);
      if (again) sh.dev[dd_idx]!.readNoMerge = true;
      this.release_stripe_plug(kernel, sh);
    }
    this.donePart(kernel, bio, 0);
  }

  private place(at: number) {
    return raid5_compute_sector(this.layout, this.chunk, this.members.length, at);
  }

  private chunk_aligned_read(kernel: Kernel, bio: Bio): boolean {
    const { trace } = kernel;
    if ((bio.bi_sector % this.chunk) + bio_sectors(bio) > this.chunk) return false;
    const { dd_idx, sector } = this.place(bio.bi_sector);
    const { bdev, offset } = this.members[dd_idx]!;
    const { max_sectors } = kernel.disk(bdev).queue.limits;
    if (bio_sectors(bio) > max_sectors) return false;
    const align_bi = bio_clone_bioset(kernel, bio);
    align_bi.bi_bdev = kernel.bdevs[bdev]!;
    align_bi.bi_sector = sector + offset;
    align_bi.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      if (error === 0) {
        k.trace.queued(k.trace.id.block_bio_complete, bio, 0);
        bio_endio(k, bio, 0);
        return;
      }
      this.retry_read.push(bio);
      this.thread.wakeup(k);
    };
    const sectors = bio_sectors(align_bi);
    const { id, bi_rw } = { id: trace.id.block_bio_remap, bi_rw: align_bi.bi_rw };
    trace.bio(id, bdev, align_bi, align_bi.bi_sector, bio.bi_sector, sectors, this.id, bi_rw);
    kernel.block.generic_make_request(kernel, align_bi);
    return true;
  }

  private get_active_stripe(kernel: Kernel, at: number): Stripe {
    const sector = at - (at % STRIPE_SECTORS);
    let sh = this.stripes.get(sector);
    if (!sh) {
      if (this.stripes.size >= NR_STRIPES) this.shrink(kernel);
      const { pd_idx, sectors } = sectorsOfStripe(this.layout, this.chunk, this.members.length, sector);
      sh = new Stripe(sector, pd_idx, sectors, () => kernel.allocator.takePage()!);
      this.stripes.set(sector, sh);
    } else {
      // Used again: it is the last to go.
      this.stripes.delete(sector);
      this.stripes.set(sector, sh);
    }
    return sh;
  }

  private shrink(kernel: Kernel): void {
    for (const [sector, sh] of this.stripes) {
      if (!sh.idle) continue;
      for (const { page } of sh.dev) kernel.allocator.free_page(page);
      this.stripes.delete(sector);
      return;
    }
  }

  /** Two writes of the same bytes do not go into one stripe: the second one waits (`R5_Overlap`). */
  private add_stripe_bio(kernel: Kernel, sh: Stripe, bio: Bio, dd_idx: number): void {
    const dev = sh.dev[dd_idx]!;
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    if (!write) {
      dev.toread.push(bio);
      return;
    }
    const [from, to] = cover(dev, bio);
    const overlaps = () =>
      dev.towrite.some((other) => {
        const [start, end] = cover(dev, other);
        return start < to && from < end;
      });
    // Woken once, and then asleep: a thread woken again and again would keep the devices from answering.
    if (overlaps()) this.release_stripe(kernel, sh);
    while (overlaps())
      if (!io_schedule(kernel)) throw new Error('a write waits for a stripe that nothing will finish');
    dev.towrite.push(bio);
    // Somebody waits for it: it is not delayed.
    if (bio.bi_rw & REQ_SYNC) this.lists.setPreread(sh);
  }

  private release_stripe_plug(kernel: Kernel, sh: Stripe): void {
    const plugged = blk_check_plugged(kernel, this, () => this.raid5_unplug());
    if (!plugged) this.release_stripe(kernel, sh);
    else plugged.stripes.add(sh);
  }

  private raid5_unplug(): PlugCallback & { readonly stripes: Set<Stripe> } {
    const stripes = new Set<Stripe>();
    return {
      owner: this,
      stripes,
      run: (kernel, asleep) => {
        for (const sh of stripes) this.release_stripe(kernel, sh);
        const { trace } = kernel;
        trace.bio(trace.id.block_unplug, this.id, undefined, 0, 0, stripes.size, asleep ? 0 : 1, 0);
      },
    };
  }

  private release_stripe(kernel: Kernel, sh: Stripe): void {
    this.lists.put(sh);
    this.thread.wakeup(kernel);
  }

  private raid5d(kernel: Kernel): void {
    for (;;) {
      const bio = this.retry_read.shift();
      if (bio) this.throughStripes(kernel, bio, true);
      const batch = this.lists.take();
      if (batch.length === 0 && !bio) break;
      for (const sh of batch) {
        sh.queued = false;
        this.handle_stripe(kernel, sh);
        // A write that failed leaves no turn behind (4.1 `do_release_stripe`).
        if (sh.idle) this.clearPreread(kernel, sh);
      }
    }
  }

  /** What can be done for a stripe now: reads that are wanted, a write whose pages are together, bios that are done. */
  private handle_stripe(kernel: Kernel, sh: Stripe): void {
    if (sh.locked) return;
    sh.dev.forEach((dev, i) => {
      if (this.members[i]!.faulty) dev.readError = dev.reWrite = false;
    });
    const failed = this.failed(sh);
    for (const dev of sh.dev) {
      const written = dev.written.splice(0);
      for (const bio of written) this.donePart(kernel, bio, failed > 1 ? -EIO : 0);
    }
    if (failed > 1) this.handle_failed_stripe(kernel, sh);
    const wanted = new Set<number>();
    sh.dev.forEach((dev, i) => {
      if (dev.toread.length === 0) return;
      if (!dev.uptodate && !this.fetch_block(kernel, sh, i, wanted)) return;
      for (const bio of dev.toread.splice(0)) {
        async_copy_data(kernel, this.id, dev, bio, false);
        this.donePart(kernel, bio, 0);
      }
    });
    if (failed === 1) this.writeOver(kernel, sh);
    const writes = sh.dev.some(({ towrite }) => towrite.length > 0);
    if (writes && wanted.size === 0) {
      this.handle_stripe_dirtying(kernel, sh, wanted);
      if (wanted.size > 0 && !sh.preread) {
        sh.delayed = true;
        this.release_stripe(kernel, sh);
        return;
      }
    }
    this.read(kernel, sh, wanted);
  }

  /** Whether a page has to be had of the others: its device is lost, or could not read it. */
  private isFailed(sh: Stripe, i: number): boolean {
    return this.members[i]!.faulty || sh.dev[i]!.readError;
  }

  private failed(sh: Stripe): number {
    return sh.dev.filter((_dev, i) => this.isFailed(sh, i)).length;
  }

  /** More is lost than parity makes up for: no write of it goes on, nor a read of what is lost. */
  private handle_failed_stripe(kernel: Kernel, sh: Stripe): void {
    const asked = sh.dev.some(({ toread, towrite }) => toread.length + towrite.length > 0);
    if (!asked) return;
    kernel.refusal = `handle_failed_stripe: ${this.failed(sh)} devices of ${this.name} are lost, one too many`;
    sh.dev.forEach((dev, i) => {
      const lost = this.isFailed(sh, i) ? dev.toread.splice(0) : [];
      if (dev.readError) this.fail(kernel, undefined, i, -EIO);
      for (const bio of [...lost, ...dev.towrite.splice(0)]) this.donePart(kernel, bio, -EIO);
    });
  }

  /** Writes over what could not be read, now that it is known, and reads it back then. */
  private writeOver(kernel: Kernel, sh: Stripe): void {
    sh.dev.forEach((dev, i) => {
      if (!dev.readError || dev.locked || !dev.uptodate || this.members[i]!.faulty) return;
      this.ops_run_io(kernel, sh, i, dev.reWrite ? 0 : REQ_WRITE);
      dev.reWrite = true;
    });
  }

  /** A page that is not there: read it, or compute it of the others. True: it is there now. */
  private fetch_block(kernel: Kernel, sh: Stripe, i: number, wanted: Set<number>): boolean {
    const dev = sh.dev[i]!;
    if (dev.uptodate) return true;
    if (!this.isFailed(sh, i)) {
      wanted.add(i);
      return false;
    }
    const others = sh.dev.filter((other) => other !== dev);
    sh.dev.forEach((other, n) => {
      if (other !== dev && !other.uptodate) wanted.add(n);
    });
    if (!others.every(({ uptodate }) => uptodate)) return false;
    async_xor(kernel, dev, others);
    dev.uptodate = true;
    return true;
  }

  /** Read-modify-write or reconstruct-write: what needs fewer reads; a tie reads and modifies. */
  private handle_stripe_dirtying(kernel: Kernel, sh: Stripe, wanted: Set<number>): void {
    const { pd_idx } = sh;
    const disks = sh.dev.length;
    const missing = (test: (i: number) => boolean) =>
      sh.dev.flatMap(({ uptodate }, i) => (!uptodate && test(i) ? [i] : []));
    const forRmw = missing((i) => i === pd_idx || sh.dev[i]!.towrite.length > 0);
    const forRcw = missing((i) => i !== pd_idx && !overwrites(sh.dev[i]!));
    const cost = (list: readonly number[]) =>
      list.reduce((sum, i) => sum + (this.isFailed(sh, i) ? 2 * disks : 1), 0);
    const [rmw, rcw] = [cost(forRmw), cost(forRcw)];
    if (rmw > 0 && rcw > 0) {
      const needed = rmw <= rcw ? forRmw : forRcw;
      // The parity of a lost device is nobody's need.
      const there = needed.map((i) => this.fetch_block(kernel, sh, i, wanted));
      if (!there.every(Boolean)) return;
      this.reconstruct(kernel, sh, rmw > rcw);
      return;
    }
    this.reconstruct(kernel, sh, rcw === 0);
  }

  private reconstruct(kernel: Kernel, sh: Stripe, rcw: boolean): void {
    const parity = sh.dev[sh.pd_idx]!;
    const writing = sh.dev.filter(({ towrite }) => towrite.length > 0);
    if (!rcw) async_xor(kernel, parity, [parity, ...writing]);
    for (const dev of writing) {
      dev.written = dev.towrite;
      dev.towrite = [];
      for (const bio of dev.written) async_copy_data(kernel, this.id, dev, bio, true);
      dev.uptodate = true;
    }
    const data = sh.dev.filter((dev) => dev !== parity);
    async_xor(kernel, parity, rcw ? data : [parity, ...writing]);
    parity.uptodate = true;
    const flags = writeFlags(writing.flatMap(({ written }) => written));
    let sent = false;
    for (let i = sh.dev.length - 1; i >= 0; i--) {
      const dev = sh.dev[i]!;
      if ((dev !== parity && !writing.includes(dev)) || this.members[i]!.faulty) continue;
      sent = true;
      this.ops_run_io(kernel, sh, i, REQ_WRITE | flags);
    }
    if (!sent) this.release_stripe(kernel, sh);
    this.clearPreread(kernel, sh);
  }

  /** Its turn is over: the next may be read. */
  private clearPreread(kernel: Kernel, sh: Stripe): void {
    if (this.lists.clearPreread(sh)) this.thread.wakeup(kernel);
  }

  private read(kernel: Kernel, sh: Stripe, wanted: ReadonlySet<number>): void {
    for (let i = sh.dev.length - 1; i >= 0; i--) if (wanted.has(i)) this.ops_run_io(kernel, sh, i, 0);
  }

  private ops_run_io(kernel: Kernel, sh: Stripe, i: number, rw: number): void {
    const { bvecs, trace } = kernel;
    const { bdev, offset } = this.members[i]!;
    const dev = sh.dev[i]!;
    const write = (rw & REQ_WRITE) !== 0;
    dev.locked = true;
    const bi = bio_alloc(kernel, bdev, rw, sh.sector + offset, 1);
    const bv = bi.bi_io_vec + bi.bi_vcnt++;
    bvecs.pfn[bv] = dev.page;
    bvecs.dev[bv] = 0;
    bvecs.offset[bv] = 0;
    bvecs.len[bv] = STRIPE_SECTORS * 512;
    bi.bi_size = STRIPE_SECTORS * 512;
    if (!write && dev.readNoMerge) bi.bi_rw |= REQ_NOMERGE;
    bi.bi_end_io = (k, ended, error) => {
      bio_put(k, ended);
      dev.locked = false;
      const degraded = this.members.some(({ faulty }) => faulty);
      const on = `sector ${sh.sector + offset} of ${k.bdevs[bdev]!.name}`;
      const fails = write ? error !== 0 : this.readErrors.ended(k, sh, i, error, degraded, on) === 'fails';
      if (fails) this.fail(k, undefined, i, error);
      if (!sh.locked) this.release_stripe(k, sh);
    };
    const { bi_sector } = bi;
    trace.bio(trace.id.block_bio_remap, bdev, bi, bi_sector, dev.sector, STRIPE_SECTORS, this.id, rw);
    kernel.block.generic_make_request(kernel, bi);
  }

  private fail(kernel: Kernel, bio: Bio | undefined, i: number, error: number): void {
    md_error(kernel, this, this.members, i, bio, error);
  }

  private donePart(kernel: Kernel, bio: Bio, error: number): void {
    const active = this.active.get(bio)!;
    if (error !== 0) active.error = error;
    if (--active.stripes > 0) return;
    this.active.delete(bio);
    bio.bi_size = 0;
    kernel.trace.queued(kernel.trace.id.block_bio_complete, bio, active.error);
    bio_endio(kernel, bio, active.error);
  }
}
