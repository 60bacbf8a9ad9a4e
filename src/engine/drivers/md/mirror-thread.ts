import { bio_endio } from '../../block/bio';
import { REQ_DISCARD } from '../../block/flags';
import { blk_check_plugged } from '../../block/plug';
import { blk_queue_discard } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import type { PlugCallback } from '../../task';
import { MdThread } from './thread';

/** How raid1 and raid10 send their writes, and have what failed looked after (4.1 raid1.c and raid10.c, `raid1d`, `raid10d`). */
export class MirrorThread {
  /** Writes that wait for the thread, and I/Os it must look at again. */
  private readonly pending: Bio[] = [];
  private readonly retry: (() => void)[] = [];
  private readonly thread: MdThread;

  constructor(id: number) {
    this.thread = new MdThread(id, (kernel) => {
      this.run(kernel);
    });
  }

  /** At once where the kernel does so, else by a plug, else by the thread. */
  send(kernel: Kernel, clone: Bio): void {
    if (kernel.block.md_submits_at_once) {
      submitOrIgnore(kernel, clone);
      return;
    }
    const plugged = blk_check_plugged(kernel, this, () => this.unplug());
    if (plugged) plugged.pending.push(clone);
    else this.sendLater(kernel, [clone]);
  }

  reschedule_retry(kernel: Kernel, run: () => void): void {
    this.retry.push(run);
    this.thread.wakeup(kernel);
  }

  /** A plug keeps the clones back; unplugged by the task itself they go out at once. */
  private unplug(): PlugCallback & { readonly pending: Bio[] } {
    const pending: Bio[] = [];
    return {
      owner: this,
      pending,
      run: (kernel, asleep) => {
        if (asleep || kernel.current.bio_list) this.sendLater(kernel, pending);
        else for (const clone of pending) submitOrIgnore(kernel, clone);
      },
    };
  }

  private sendLater(kernel: Kernel, clones: readonly Bio[]): void {
    this.pending.push(...clones);
    this.thread.wakeup(kernel);
  }

  private run(kernel: Kernel): void {
    for (;;) {
      for (let clone = this.pending.shift(); clone !== undefined; clone = this.pending.shift())
        submitOrIgnore(kernel, clone);
      const run = this.retry.shift();
      if (run === undefined) return;
      run();
    }
  }
}

/** What no device below discards is discarded all the same: it ends well. */
function submitOrIgnore(kernel: Kernel, clone: Bio): void {
  const discard = (clone.bi_rw & REQ_DISCARD) !== 0;
  if (discard && !blk_queue_discard(clone.bi_bdev.disk.queue)) bio_endio(kernel, clone, 0);
  else kernel.block.generic_make_request(kernel, clone);
}
