import type { Kernel } from '../kernel';
import { Plug, type PlugCallback } from '../task';
import type { Request } from './requests';

/** A nested plug is no plug: the outer one stays, as in the kernel. Gives the plug to finish with. */
export function blk_start_plug(kernel: Kernel): Plug {
  const plug = new Plug();
  kernel.current.plug ??= plug;
  return plug;
}

/** Flushes what the plug holds; a nested one holds nothing. */
export function blk_finish_plug(kernel: Kernel, plug: Plug): void {
  blk_flush_plug_list(kernel, plug, false);
  if (kernel.current.plug === plug) kernel.current.plug = undefined;
}

/** Callbacks first: they submit bios, which join the requests flushed after them. `asleep`: from schedule(). */
export function blk_flush_plug_list(kernel: Kernel, plug: Plug, asleep: boolean): void {
  for (let next = plug.callbacks.shift(); next; next = plug.callbacks.shift()) next.run(kernel, asleep);
  kernel.block.flushPlug(kernel, plug, asleep);
}

/** By disk, then by sector; equals keep their order. A plug has few requests: insertion is the fastest sort there. */
export function sortPlugged(list: Request[]): void {
  for (let i = 1; i < list.length; i++) {
    const rq = list[i]!;
    let at = i;
    for (; at > 0; at--) {
      const before = list[at - 1]!;
      const disks = before.disk.id - rq.disk.id;
      if (disks < 0 || (disks === 0 && before.__sector <= rq.__sector)) break;
      list[at] = before;
    }
    list[at] = rq;
  }
}

/** The task must wait: what it plugged goes out first, or it would wait for itself. False: nothing can come. */
export function io_schedule(kernel: Kernel): boolean {
  const { plug } = kernel.current;
  if (plug) blk_flush_plug_list(kernel, plug, true);
  return kernel.sleep();
}

/** The callback of `owner` in the current plug; made by `make` if there is none yet. Undefined without a plug. */
export function blk_check_plugged<T extends PlugCallback>(
  kernel: Kernel,
  owner: object,
  make: () => T,
): T | undefined {
  const { plug } = kernel.current;
  if (!plug) return undefined;
  const known = plug.callbacks.find((callback) => callback.owner === owner);
  if (known) return known as T;
  const callback = make();
  plug.callbacks.push(callback);
  return callback;
}
