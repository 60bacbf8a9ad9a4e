import type { Kernel } from '../../kernel';
import type { Stripe, StripeDev } from './stripe';

/** What the end of a read says to: nothing more than to look at the stripe again, or that the device has failed. */
export type Verdict = 'goes-on' | 'fails';

/**
 * `raid5_end_read_request`: a page that cannot be read is read again by itself, then computed of the others and written over,
 * then read back. What that does not help costs the device its place: at once where another is lost already.
 */
export class ReadErrors {
  /** By device: reads that failed since one went well. */
  private readonly read_errors: number[];

  constructor(
    devices: number,
    private readonly max_nr_stripes: number,
    private readonly say: (kernel: Kernel, rule: string) => void,
  ) {
    this.read_errors = new Array<number>(devices).fill(0);
  }

  /** `on`: the sector and the device, in words. `degraded`: a device is lost. */
  ended(kernel: Kernel, sh: Stripe, i: number, error: number, degraded: boolean, on: string): Verdict {
    const dev = sh.dev[i]!;
    if (error === 0) {
      this.read_errors[i] = 0;
      this.well(kernel, dev, on);
      return 'goes-on';
    }
    dev.uptodate = false;
    const errors = ++this.read_errors[i]!;
    const hopeless = degraded || dev.reWrite;
    if (hopeless) {
      const why = degraded ? 'another device is lost' : 'it was written over already';
      this.say(kernel, `${on} cannot be read, and not be repaired: ${why}`);
    }
    const retry = hopeless ? !dev.readNoMerge : errors <= this.max_nr_stripes;
    if (!retry) {
      dev.readError = dev.reWrite = false;
      return 'fails';
    }
    if (dev.readNoMerge) dev.readError = true;
    dev.readNoMerge = !dev.readNoMerge;
    return 'goes-on';
  }

  private well(kernel: Kernel, dev: StripeDev, on: string): void {
    dev.uptodate = true;
    if (!dev.readError) dev.readNoMerge = false;
    else {
      dev.readError = dev.reWrite = false;
      this.say(kernel, `${on} gives back what was written over it`);
    }
  }
}
