import type { Request } from './block/requests';
import type { Bio } from './block/tables';
import type { Kernel } from './kernel';

/** What unplugging does for a stacked driver that kept bios back. `asleep`: the task is about to sleep. */
export interface PlugCallback {
  /** Whose it is: a driver asks for its own with `blk_check_plugged`. */
  readonly owner: object;
  run(kernel: Kernel, asleep: boolean): void;
}

/** `struct blk_plug`: requests kept back while more may come. Empty between uses, so it is reused. */
export class Plug {
  /** Requests of single-queue disks, and of multi-queue ones. */
  list: Request[] = [];
  mq_list: Request[] = [];
  readonly callbacks: PlugCallback[] = [];
}

/** The part of `current` that the block layer uses. */
export class Task {
  /** Bios submitted from inside a make_request_fn; undefined while none runs. */
  bio_list: Bio[] | undefined = undefined;
  plug: Plug | undefined = undefined;

  constructor(readonly comm: string) {}
}
