import { PAGE_SIZE, phys } from '../model/address';
import type { Io, MachineSpec } from '../model/machine-spec';
import { Recorder, type Recording } from '../model/recording';
import { bio_add_page, bio_add_pfn, bio_alloc, bio_put, fillByHand } from './block/bio';
import type { Disk } from './block/queue';
import { submit_bio } from './block/submit';
import { READ, WRITE } from './block/tables';
import { Kernel, type KernelOptions } from './kernel';
import { Oops } from './oops';

/** How one I/O of a workload ended. */
export interface IoOutcome {
  /** Its number in the workload, from 0. */
  readonly io: number;
  /** The bio's number in the Recording: a new one for each bio of the run. */
  readonly bio: number;
  readonly device: string;
  /** - `completed`: `error` is 0 or a negative errno. - `not-submitted`: a vector was refused. - `oops`: the task died. - `not-reached`: an earlier oops. */
  readonly state: 'completed' | 'not-submitted' | 'oops' | 'not-reached';
  readonly error: number;
  /** bi_flags at the end: BIO_UPTODATE is bit 0, BIO_PFN bit 11. */
  readonly flags: number;
  /** Bytes the bio held. */
  readonly bytes: number;
  /** The rule or fault behind anything but a plain success. */
  readonly because: string;
}

export interface Run {
  readonly recording: Recording;
  readonly outcomes: readonly IoOutcome[];
}

/** A machine that runs workloads. Same spec and workload: same Recording, byte for byte. */
export class Machine {
  readonly kernel: Kernel;
  private readonly recorder: Recorder;
  private dead = '';

  constructor(
    private readonly spec: MachineSpec,
    options: KernelOptions & { readonly record?: boolean } = {},
  ) {
    this.recorder = new Recorder(options.record ?? true);
    this.kernel = new Kernel(spec, this.recorder, options);
  }

  /** Runs the I/Os in order, as one task. */
  run(workload: readonly Io[]): Run {
    const outcomes = workload.map((io, index) => this.one(io, index));
    const { posting } = this.kernel;
    return {
      outcomes,
      recording: this.recorder.finish({
        timeUnit: 'step',
        source: `simulated: ${this.spec.name}, ${posting.label}`,
        reconstructed: posting.reconstructed,
      }),
    };
  }

  private one(io: Io, number: number): IoOutcome {
    const { kernel } = this;
    const disk = kernel.disks.find((d) => d.name === io.device);
    if (!disk) throw new RangeError(`no device named ${io.device}`);
    const about = { io: number, device: io.device };
    if (this.dead) {
      return {
        ...about,
        bio: -1,
        state: 'not-reached',
        error: 0,
        flags: 0,
        bytes: 0,
        because: `the task died: ${this.dead}`,
      };
    }
    const rw = io.op === 'write' ? WRITE : READ;
    const bio = bio_alloc(kernel, disk, rw, io.sector, io.vecs.length);
    const refused = this.build(io, disk, bio);
    const ended = () => ({
      ...about,
      bio: kernel.bios.serial[bio]!,
      bytes: kernel.bios.bi_size[bio]!,
      flags: kernel.bios.bi_flags[bio]!,
    });
    if (refused) {
      const end = ended();
      bio_put(kernel, bio);
      return { ...end, state: 'not-submitted', error: 0, because: refused };
    }
    try {
      submit_bio(kernel, rw, bio);
    } catch (fault) {
      if (!(fault instanceof Oops)) throw fault;
      // The task is gone: its bio is neither completed nor freed, as on a real machine.
      this.dead = fault.message;
      kernel.trace.oops(disk.id, bio, fault.message);
      return { ...ended(), state: 'oops', error: 0, because: fault.message };
    }
    const error = kernel.bios.bi_error[bio]!;
    const end = ended();
    bio_put(kernel, bio);
    return { ...end, state: 'completed', error, because: error === 0 ? '' : kernel.refusal };
  }

  /** Fills the bio the way the workload says. Gives the reason when a vector is refused. */
  private build(io: Io, disk: Disk, bio: number): string {
    const { kernel } = this;
    for (const [n, vec] of io.vecs.entries()) {
      const pfn = phys(vec.pfn);
      const dev = kernel.map.hasPage(pfn) ? 0 : 1;
      if (io.fill !== undefined) kernel.bytes.fill(pfn * PAGE_SIZE + vec.offset, vec.len, io.fill + n);
      if (io.add === 'by-hand') fillByHand(kernel, disk, bio, pfn, dev, vec.len, vec.offset);
      else if (io.add === 'bio_add_pfn') {
        if (bio_add_pfn(kernel, disk, bio, pfn, dev, vec.len, vec.offset) === 0) return kernel.refusal;
      } else if (dev) {
        const rule = `pfn ${vec.pfn} has no struct page: there is nothing to hand to bio_add_page()`;
        kernel.trace.bio_add_page(disk.id, bio, pfn, vec.offset, vec.len, 0, rule);
        return rule;
      } else if (bio_add_page(kernel, disk, bio, pfn, vec.len, vec.offset) === 0) return kernel.refusal;
    }
    return '';
  }
}

/** Runs a document's workload on its machine, keeping its pages out of the drivers' hands. */
export function simulate(spec: MachineSpec, workload: readonly Io[]): Run {
  const inUse = workload.flatMap((io) => io.vecs.map((vec) => phys(vec.pfn) as number));
  return new Machine(spec, { inUse }).run(workload);
}
