import type { Stripe } from './stripe';

/** Stripes looked at in one go, and those that may be read for writes before others have to wait. */
const MAX_STRIPE_BATCH = 8;
const IO_THRESHOLD = 1;

/** The stripes that raid5d has to look at: at once, or, where they must be read for a write, when it is their turn. */
export class StripeLists {
  private readonly handle_list: Stripe[] = [];
  private readonly delayed_list: Stripe[] = [];
  private readonly hold_list: Stripe[] = [];
  private preread_active_stripes = 0;

  /** `do_release_stripe` of a stripe that has something to do. */
  put(sh: Stripe): void {
    if (sh.queued) return;
    sh.queued = true;
    if (sh.delayed && !sh.preread) this.delayed_list.push(sh);
    else {
      sh.delayed = false;
      this.handle_list.push(sh);
    }
  }

  /** The next to look at. Each is `queued` until it is: what happens meanwhile is looked at with it. */
  take(): Stripe[] {
    this.raid5_activate_delayed();
    const batch = this.handle_list.splice(0, MAX_STRIPE_BATCH);
    batch.push(...this.hold_list.splice(0, MAX_STRIPE_BATCH - batch.length));
    return batch;
  }

  setPreread(sh: Stripe): void {
    if (!sh.preread) this.preread_active_stripes++;
    sh.preread = true;
  }

  /** Its turn is over. True: others may be read now. */
  clearPreread(sh: Stripe): boolean {
    if (!sh.preread) return false;
    sh.preread = false;
    return --this.preread_active_stripes < IO_THRESHOLD;
  }

  /** Lets all that were delayed be read, as long as no others are. */
  private raid5_activate_delayed(): void {
    if (this.preread_active_stripes >= IO_THRESHOLD) return;
    for (const sh of this.delayed_list.splice(0)) {
      sh.delayed = false;
      this.setPreread(sh);
      this.hold_list.push(sh);
    }
  }
}
