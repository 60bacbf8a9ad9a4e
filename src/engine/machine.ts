import { phys } from '../model/address';
import type { MachineSpec } from '../model/machine-spec';
import { Recorder, type Recording } from '../model/recording';
import type { Io } from '../model/workload-spec';
import { bio_put } from './block/bio';
import type { Bio, EndIo } from './block/tables';
import { PowerFailed } from './clock';
import { blk_finish_plug, blk_start_plug, io_schedule } from './block/plug';
import { buildBio, rwOf } from './build-bio';
import { Kernel, type KernelOptions } from './kernel';
import { Oops } from './oops';
import { SUBMITTER, lookAt, type Submitter } from './submitters';

/** How one I/O of a workload ended. */
export interface IoOutcome {
  /** Its number in the workload, from 0. */
  readonly io: number;
  /** The bio's number in the Recording: a new one for each bio of the run; -1 where none was made. */
  readonly bio: number;
  readonly device: string;
  /** - `completed`: `error` is 0 or a negative errno. - `not-submitted`: a vector was refused. - `oops`: a fault before it ended. - `not-reached`: an earlier oops. - `hung`: it never completes. */
  readonly state: 'completed' | 'not-submitted' | 'oops' | 'not-reached' | 'hung';
  readonly error: number;
  /** bi_flags at the end: BIO_UPTODATE is bit 0, BIO_PFN bit 11. */
  readonly flags: number;
  /** Bytes the bio held. */
  readonly bytes: number;
  /** Where its iterator stands at the end: sector, size, idx, done. */
  readonly iter: {
    readonly sector: number;
    readonly size: number;
    readonly idx: number;
    readonly done: number;
  };
  /** The rule or fault behind anything but a plain success. */
  readonly because: string;
}

export interface Run {
  readonly recording: Recording;
  readonly outcomes: readonly IoOutcome[];
}

/** An I/O whose bio is on its way. */
interface Submitted {
  readonly io: number;
  readonly bio: Bio;
  readonly bytes: number;
}

/** A machine that runs workloads. Same spec and workload: same Recording, byte for byte. */
export class Machine {
  readonly kernel: Kernel;
  private readonly recorder: Recorder;
  private dead = '';
  private outcomes: (IoOutcome | undefined)[] = [];
  /** The rule behind each failed bio, as it stood when the bio ended. */
  private readonly rules = new Map<Bio, string>();

  constructor(
    private readonly spec: MachineSpec,
    /** `keep`: how many events to keep at most, the last ones. */
    options: KernelOptions & { readonly record?: boolean; readonly keep?: number } = {},
  ) {
    this.recorder = new Recorder(options.record ?? true, options);
    this.kernel = new Kernel(spec, this.recorder, options);
  }

  /** Runs the I/Os in order, as one task, which waits for each - or for all of a batch together. */
  run(workload: readonly Io[]): Run {
    this.outcomes = workload.map(() => undefined);
    for (let i = 0; i < workload.length;) {
      let end = i + 1;
      const { batch } = workload[i]!;
      while (batch !== undefined && end < workload.length && workload[end]!.batch === batch) end++;
      this.batch(workload, i, end);
      i = end;
    }
    if (!this.dead) this.kernel.dma?.release();
    const { posting } = this.kernel;
    return {
      outcomes: this.outcomes.map((outcome, io) => outcome ?? this.notReached(io, workload[io]!)),
      recording: this.recorder.finish({
        timeUnit: 'step',
        source: `simulated: ${this.spec.name}, ${posting.label}`,
        reconstructed: posting.reconstructed,
      }),
    };
  }

  private batch(workload: readonly Io[], from: number, to: number): void {
    if (this.dead) return;
    const { kernel } = this;
    const waiting: Submitted[] = [];
    try {
      const plug = workload[from]!.plug ? blk_start_plug(kernel) : undefined;
      for (let i = from; i < to; i++) this.submit(i, workload[i]!, waiting);
      if (plug) blk_finish_plug(kernel, plug);
      for (const { bio } of waiting) {
        while (bio.done === 0 && io_schedule(kernel));
      }
      // What nobody waits for, such as an array's last look at its devices, happens before the task goes on.
      while (kernel.sleep());
    } catch (fault) {
      if (fault instanceof PowerFailed) this.dead = fault.message;
      else if (fault instanceof Oops) this.die(fault, waiting);
      else throw fault;
    }
    for (const submitted of waiting) this.end(submitted, workload[submitted.io]!);
  }

  private submit(number: number, io: Io, waiting: Submitted[]): void {
    const { kernel } = this;
    const bdev = kernel.bdevs.find((device) => device.name === io.device);
    if (!bdev) throw new RangeError(`no device named ${io.device}`);
    kernel.refusal = '';
    const { bio, refused } = buildBio(kernel, io, bdev.id);
    if (refused !== '' && !(io.partly && bio.bi_size > 0)) {
      this.outcomes[number] = {
        ...this.about(number, io, bio),
        state: 'not-submitted',
        error: 0,
        because: refused,
      };
      bio_put(kernel, bio);
      return;
    }
    const by = io.by && SUBMITTER[io.by];
    bio.bi_end_io = by ? this.endedBy(by) : this.ended;
    waiting.push({ io: number, bio, bytes: bio.bi_size });
    if (by) {
      bio.bi_rw |= rwOf(io);
      lookAt(kernel, by.before, bio);
    }
    kernel.block.submit_bio(kernel, rwOf(io), bio);
  }

  private readonly ended: EndIo = (kernel, bio, error) => {
    if (error !== 0) this.rules.set(bio, kernel.refusal);
  };

  /** Its maker looks at the pages again: from where the bio began, for its iterator stands at the end. */
  private endedBy(by: Submitter): EndIo {
    return (kernel, bio, error) => {
      this.ended(kernel, bio, error);
      const { bi_idx, bi_bvec_done, bi_size } = bio;
      Object.assign(bio, { bi_idx: 0, bi_bvec_done: 0, bi_size: sizeOf(kernel, bio) });
      try {
        if (error === 0) lookAt(kernel, by.after, bio);
      } catch (fault) {
        // Its task dies before anybody hears that the I/O is done.
        bio.done = 0;
        throw fault;
      } finally {
        Object.assign(bio, { bi_idx, bi_bvec_done, bi_size });
      }
    };
  }

  private end({ io: number, bio, bytes }: Submitted, io: Io): void {
    const { kernel } = this;
    if (bio.done === 0) {
      // Its task is gone, or waits for ever: it is neither completed nor freed, as on a real machine.
      const because = this.dead || kernel.refusal;
      const state = this.dead ? 'oops' : 'hung';
      this.outcomes[number] ??= { ...this.about(number, io, bio), bytes, state, error: 0, because };
      return;
    }
    const error = bio.bi_error;
    this.outcomes[number] = {
      ...this.about(number, io, bio),
      bytes,
      state: 'completed',
      error,
      because: error === 0 ? '' : (this.rules.get(bio) ?? ''),
    };
    this.rules.delete(bio);
    bio_put(kernel, bio);
  }

  private die(fault: Oops, waiting: readonly Submitted[]): void {
    this.dead = fault.message;
    const last = waiting.at(-1);
    const device = last?.bio.bi_bdev.id ?? 0;
    const bio = waiting.find((w) => w.bio.done === 0)?.bio ?? last?.bio;
    this.kernel.trace.oops(device, bio, fault.message);
  }

  private about(io: number, { device }: Io, bio: Bio) {
    return {
      io,
      device,
      bio: bio.serial,
      flags: bio.bi_flags,
      bytes: bio.bi_size,
      iter: {
        sector: bio.bi_sector,
        size: bio.bi_size,
        idx: bio.bi_idx,
        done: bio.bi_bvec_done,
      },
    };
  }

  private notReached(io: number, { device }: Io): IoOutcome {
    const because = `the task died: ${this.dead}`;
    return {
      io,
      device,
      bio: -1,
      state: 'not-reached',
      error: 0,
      flags: 0,
      bytes: 0,
      iter: { sector: 0, size: 0, idx: 0, done: 0 },
      because,
    };
  }
}

/** Bytes in all the vectors of a bio. */
function sizeOf({ bvecs }: Kernel, bio: Bio): number {
  let size = 0;
  for (let n = 0; n < bio.bi_vcnt; n++) size += bvecs.len[bio.bi_io_vec + n]!;
  return size;
}

/** A machine for a workload, whose pages it keeps out of the drivers' hands. */
export function machineFor(spec: MachineSpec, workload: readonly Io[]): Machine {
  const inUse = workload.flatMap((io) => io.vecs.map((vec) => phys(vec.pfn) as number));
  return new Machine(spec, { inUse });
}

/** Runs a document's workload on its machine. */
export function simulate(spec: MachineSpec, workload: readonly Io[]): Run {
  return machineFor(spec, workload).run(workload);
}
