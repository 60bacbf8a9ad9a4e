import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine, type IoOutcome } from '../../../../src/engine/machine';
import type { KernelOptions } from '../../../../src/engine/kernel';
import { phys } from '../../../../src/model/address';
import { bioFamily, type Part } from '../../../../src/model/bio-family';
import { encodeRecording } from '../../../../src/model/recording-codec';
import { events, type RecordedEvent, type Recording } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';
import { stacks, wishes, workloadOf, type Stack, type Wish } from './arbitrary';
import foundJson from './found.json';
import { Oracle, Shadow, bytesOf, joined, type Extent } from './oracle';

const faults: fc.Arbitrary<Pick<KernelOptions, 'failRequests' | 'failAllocations'>> = fc.record({
  failRequests: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
  failAllocations: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 2 }),
});
/** One request fails: a mirror has another copy. Two faults can cost data on a real array, too. */
const oneFault = fc.record({ failRequests: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 1 }) });
const none = fc.constant({});
/** Runs that random inputs found to go wrong. */
const found = foundJson as unknown as {
  readonly what: string;
  readonly stack: Stack;
  readonly wished: Wish[][];
  readonly options: KernelOptions;
}[];
/** Of each property: stacks, each with its workload and faults. */
const RUNS = { numRuns: 500 };
const TIMEOUT = 120_000;

function inUse(workload: readonly Io[]): number[] {
  return workload.flatMap((io) => io.vecs.map((vec) => phys(vec.pfn) as number));
}

function run(stack: Stack, workload: readonly Io[], options: KernelOptions) {
  const machine = new Machine(stack.spec, { ...options, inUse: inUse(workload) });
  return { stack, workload, options, machine, ...machine.run(workload) };
}

/** Runs a property over random stacks, workloads and faults. */
function everyRun(
  fault: fc.Arbitrary<KernelOptions>,
  property: (result: ReturnType<typeof run>) => void,
): void {
  fc.assert(
    fc.property(stacks, wishes, fault, (stack, wished, options) => {
      property(run(stack, workloadOf(stack, wished), options));
    }),
    RUNS,
  );
}
const named = (recording: Recording, ...names: string[]) =>
  [...events(recording)].filter((event) => names.includes(event.name.name));

describe('any stack, any workload, any fault', { timeout: TIMEOUT }, () => {
  it('completes every bio that was submitted exactly once, whoever made it', () => {
    everyRun(faults, ({ recording, outcomes }) => {
      for (const { state } of outcomes) expect(['completed', 'not-submitted']).toContain(state);
      const ends = new Map<number, number>();
      for (const { object } of named(recording, 'bio_endio')) ends.set(object, (ends.get(object) ?? 0) + 1);
      const begun = new Set(
        named(recording, 'submit_bio', 'bio_clone', 'bio_split', 'block_bio_queue').map(
          ({ object }) => object,
        ),
      );
      for (const bio of begun) expect(ends.get(bio), `ends of bio ${bio}`).toBe(1);
      for (const bio of ends.keys()) expect(begun, `bio ${bio} ends`).toContain(bio);
    });
  });

  it.each(found)('goes on where it once did not: $what', ({ stack, wished, options }) => {
    const { machine, outcomes } = run(stack, workloadOf(stack, wished), options);
    for (const { state } of outcomes) expect(state).toBe('completed');
    expect(machine.kernel.loop.idle).toBe(true);
  });

  it('ends the parts of a bio before the bio', () => {
    everyRun(faults, ({ recording }) => {
      const end = new Map(named(recording, 'bio_endio').map(({ object, index }) => [object, index]));
      for (const { object, a: parent } of named(recording, 'bio_clone', 'bio_split', 'bio_chain'))
        expect(end.get(object), `bio ${object}, of bio ${parent}`).toBeLessThan(end.get(parent)!);
    });
  });

  it('keeps nothing: no bio, no vector, no request, no mapping, nothing that still has to happen', () => {
    everyRun(faults, ({ machine: { kernel } }) => {
      expect(kernel.bios.live).toBe(0);
      expect(kernel.bvecs.live).toBe(0);
      expect(kernel.requests.live).toBe(0);
      expect(kernel.loop.idle).toBe(true);
      expect(kernel.dma?.live ?? 0).toBe(0);
      expect(kernel.dma?.made.pool?.used ?? 0).toBe(0);
    });
  });

  it('gives the same Recording byte for byte, twice', () => {
    everyRun(faults, ({ stack, workload, options, recording }) => {
      const again = run(stack, workload, options).recording;
      expect(Buffer.compare(encodeRecording(again), encodeRecording(recording))).toBe(0);
    });
  });

  it('reads what was written, wherever it lies and whichever request fails', () => {
    fc.assert(
      fc.property(stacks, wishes, oneFault, (stack, wished, options) => {
        const workload = workloadOf(stack, wished);
        const machine = new Machine(stack.spec, { ...options, inUse: inUse(workload) });
        const { bytes } = machine.kernel;
        const shadow = new Shadow(stack.zeroes);
        for (const batch of batches(workload)) {
          const { outcomes } = machine.run(batch);
          batch.forEach((io, i) => {
            const outcome: IoOutcome = outcomes[i]!;
            if (outcome.state !== 'completed') return;
            const data = bytesOf(io, (at, length) => bytes.read(at, length));
            if (io.op === 'write') shadow.wrote(io, data, outcome.error);
            else if (outcome.error === 0) expect(shadow.wrongSector(io, data)).toBeUndefined();
          });
        }
      }),
      RUNS,
    );
  });

  it('fails no I/O without a fault', () => {
    everyRun(none, ({ outcomes }) => {
      for (const { state, error } of outcomes) if (state === 'completed') expect(error).toBe(0);
    });
  });
});

describe('the parts of a bio', { timeout: TIMEOUT }, () => {
  it('are together what was submitted: each sector of each disk below once, none besides', () => {
    everyRun(none, ({ stack, workload, recording, outcomes }) => {
      if (!stack.plain) return;
      const oracle = new Oracle(stack.spec.devices!);
      const leaves = new Set(['a', 'b', 'c', 'pmem0']);
      outcomes.forEach(({ state, bio, bytes }, i) => {
        const io = workload[i]!;
        if (state !== 'completed' || (io.op === 'read' && oracle.hasMirror(io.device))) return;
        const { parts } = bioFamily(recording, bio);
        // A part of what the same device was already given is not given to it twice.
        const given = parts.filter(
          (part) =>
            !parts.some(
              (whole) =>
                whole !== part &&
                (whole.bio === part.parent || whole.bio === part.bio) &&
                whole.device === part.device &&
                whole.from <= part.from &&
                part.to <= whole.to,
            ),
        );
        const expected = oracle.extents(io.device, io.sector, io.sector + bytes / 512);
        expect(joined(extentsOf(given, leaves))).toEqual(expected);
        const requested = parts.filter(({ request }) => request !== undefined);
        expect(joined(extentsOf(requested, leaves))).toEqual(
          expected.filter(({ device }) => requestBased(stack, device)),
        );
      });
    });
  });
});

describe('no request exceeds a limit of its queue', { timeout: TIMEOUT }, () => {
  it('in sectors, segments, their sizes and boundaries', () => {
    everyRun(faults, ({ stack, machine: { kernel }, recording }) => {
      // 4.1 asks about holes at the end of a request only, and by whole vectors.
      const exact = stack.spec.kernel.flavour === '6.12';
      const limitsOf = ({ device }: RecordedEvent) =>
        kernel.bdevs.find(({ name }) => name === device)!.disk.queue.limits;
      for (const event of named(recording, 'block_rq_issue'))
        expect(event.c).toBeLessThanOrEqual(limitsOf(event).max_sectors);
      let previousEnd = 0;
      for (const event of named(recording, 'blk_rq_map_sg', 'sg_set_page')) {
        const limits = limitsOf(event);
        if (event.name.name === 'blk_rq_map_sg') {
          expect(event.c).toBeLessThanOrEqual(limits.max_segments);
          expect(event.c).toBeLessThanOrEqual(event.d);
          continue;
        }
        const { a: start, c: length, d: entry } = event;
        expect(length).toBeLessThanOrEqual(limits.max_segment_size);
        const window = limits.seg_boundary_mask + 1;
        expect(Math.floor(start / window)).toBe(Math.floor((start + length - 1) / window));
        const virt = limits.virt_boundary_mask;
        if (exact && entry > 0 && virt !== 0) {
          expect(start % (virt + 1)).toBe(0);
          expect(previousEnd % (virt + 1)).toBe(0);
        }
        previousEnd = start + length;
      }
    });
  });
});

/** Where on the disks that nothing carries some parts lie. */
function extentsOf(parts: readonly Part[], leaves: ReadonlySet<string>): Extent[] {
  return parts.flatMap(({ device, sector, from, to }) =>
    leaves.has(device) && to > from ? [{ device, from: sector, to: sector + (to - from) / 512 }] : [],
  );
}

function requestBased({ spec }: Stack, name: string): boolean {
  const { driver } = spec.devices!.find((device) => device.name === name)!;
  return ['nvme', 'sd', 'loop', 'nbd', 'aoe', 'rbd', 'floppy', 'ps3disk', 'mmc', 'target_file'].includes(
    driver,
  );
}

/** The I/Os of a workload, a batch at a time. */
function batches(workload: readonly Io[]): Io[][] {
  const numbers = [...new Set(workload.map(({ batch }) => batch))];
  return numbers.map((number) => workload.filter(({ batch }) => batch === number));
}
