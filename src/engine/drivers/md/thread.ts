import { blk_finish_plug, blk_start_plug } from '../../block/plug';
import type { Kernel } from '../../kernel';

/** An array's thread: it runs once, under a plug, however often it was woken. */
export class MdThread {
  private woken = false;

  /** `id`: the array's index in `kernel.bdevs`. */
  constructor(
    private readonly id: number,
    private readonly run: (kernel: Kernel) => void,
  ) {}

  /** `md_wakeup_thread`. */
  wakeup(kernel: Kernel): void {
    if (this.woken) return;
    this.woken = true;
    kernel.loop.soon(() => {
      this.woken = false;
      const plug = blk_start_plug(kernel);
      this.run(kernel);
      blk_finish_plug(kernel, plug);
    }, this.id);
  }
}
