import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQ_WRITE } from '../../../../src/engine/block/flags';
import { driverNames } from '../../../../src/engine/drivers';
import { targetTypes } from '../../../../src/engine/drivers/dm/targets';
import { Machine, type IoOutcome } from '../../../../src/engine/machine';
import type { KernelOptions } from '../../../../src/engine/kernel';
import { phys } from '../../../../src/model/address';
import type { Finding } from '../../../../src/model/check';
import { checkDevices } from '../../../../src/model/check-devices';
import { bioFamily, type Part } from '../../../../src/model/bio-family';
import { encodeRecording } from '../../../../src/model/recording-codec';
import { events, type RecordedEvent, type Recording } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';
import { stacks, wishes, workloadOf, type Stack, type Wish } from './arbitrary';
import { requestBased } from './disks';
import foundJson from './found.json';
import { Oracle, Shadow, bytesOf, covered, joined, type Extent } from './oracle';
import { Rules, kinds } from './rules';

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
    everyRun(faults, ({ stack, options, recording, outcomes }) => {
      const rules = new Rules(stack.spec.devices!);
      for (const { state } of outcomes) expect(['completed', 'not-submitted']).toContain(state);
      const ends = new Map<number, number>();
      for (const { object } of named(recording, 'bio_endio')) ends.set(object, (ends.get(object) ?? 0) + 1);
      const begun = new Set(
        named(recording, 'submit_bio', 'bio_clone', 'bio_split', 'block_bio_queue').map(
          ({ object }) => object,
        ),
      );
      const again = new Map<number, Map<string, number>>();
      const onLegs = new Set<number>();
      const arrivals = named(recording, 'block_bio_queue', 'block_bio_remap', 'bio_split');
      for (const { object, name, device = '', c: sectors, e: rw } of arrivals) {
        if ((rw & REQ_WRITE) === 0 && rules.triedAgain(device)) onLegs.add(object);
        const times = sectors > 0 ? rules.endsAgain(device, name.name === 'bio_split') : 0;
        const known = again.get(object) ?? new Map<string, number>();
        if (times > 0) again.set(object, known.set(device, Math.max(times, known.get(device) ?? 0)));
      }
      // Where there is no page for its tags, a bio ends before anybody has put a bi_end_io into it.
      const tagless = [...(options.failAllocations ?? [])].length > 0;
      for (const bio of begun) {
        const most = [...(again.get(bio)?.values() ?? [])].reduce((sum, times) => sum + times, 1);
        const count = ends.get(bio) ?? 0;
        if (onLegs.has(bio) && count === most + 1) continue;
        expect(count, `ends of bio ${bio}`).toBe(tagless ? Math.min(Math.max(count, 1), most) : most);
      }
      for (const bio of ends.keys()) expect(begun, `bio ${bio} ends`).toContain(bio);
    });
  });

  it.each(found)('goes on where it once did not: $what', ({ stack, wished, options }) => {
    const { machine, outcomes } = run(stack, workloadOf(stack, wished), options);
    for (const { state } of outcomes) expect(state).toBe('completed');
    expect(machine.kernel.loop.idle).toBe(true);
    readsAsWritten(stack, workloadOf(stack, wished), options);
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
        readsAsWritten(stack, workloadOf(stack, wished), options);
      }),
      RUNS,
    );
  });

  it('fails no I/O without a fault', () => {
    everyRun(none, ({ stack, workload, outcomes }) => {
      const rules = new Rules(stack.spec.devices!);
      outcomes.forEach(({ state, error }, i) => {
        if (state === 'completed' && fits(stack, rules, workload[i]!.device)) expect(error).toBe(0);
      });
    });
  });
});

/** Runs a workload batch by batch; what is read without an error has to be what was written. */
function readsAsWritten(stack: Stack, workload: readonly Io[], options: KernelOptions): void {
  const machine = new Machine(stack.spec, { ...options, inUse: inUse(workload) });
  const { bytes } = machine.kernel;
  const devices = stack.spec.devices!;
  const rules = new Rules(devices);
  const shadow = new Shadow(rules, new Oracle(devices));
  for (const batch of batches(workload)) {
    const { outcomes, recording } = machine.run(batch);
    const stale = named(recording, 'dm_rh_mark_nosync').some(({ note }) => note?.includes('a flush'));
    batch.forEach((io, i) => {
      const outcome: IoOutcome = outcomes[i]!;
      if (outcome.state !== 'completed' || (stale && rules.staleAfterFlush(io.device))) return;
      const data = bytesOf(io, (at, length) => bytes.read(at, length));
      if (io.op === 'write') shadow.wrote(io, data, outcome.error);
      else if (outcome.error === 0) expect(shadow.wrongSector(io, data)).toBeUndefined();
    });
  }
}

describe('the parts of a bio', { timeout: TIMEOUT }, () => {
  it('are together what was submitted: each sector of each disk below once, none besides', () => {
    everyRun(none, ({ stack, workload, recording, outcomes }) => {
      const devices = stack.spec.devices!;
      const rules = new Rules(devices);
      const oracle = new Oracle(devices);
      const requests = new Set(devices.filter(requestBased).map(({ name }) => name));
      outcomes.forEach(({ state, bio, bytes }, i) => {
        const io = workload[i]!;
        if (state !== 'completed' || !rules.followed(io.device)) return;
        if (io.op === 'read' && oracle.hasCopies(io.device)) return;
        const leaves = new Set(oracle.disks(io.device));
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
          expected.filter(({ device }) => requests.has(device)),
        );
      });
    });
  });
});

describe('the disks', { timeout: TIMEOUT }, () => {
  it('are written where what was asked lies, with its copies and parity, and nowhere else', () => {
    everyRun(none, ({ stack, workload, recording, outcomes }) => {
      const devices = stack.spec.devices!;
      const rules = new Rules(devices);
      const oracle = new Oracle(devices);
      const tops = stack.tops
        .map(({ name }) => name)
        .filter((name) => rules.writesAtOnce(name) && fits(stack, rules, name));
      const asked = workload.filter(
        ({ op, device }, i) => op === 'write' && tops.includes(device) && outcomes[i]!.state === 'completed',
      );
      const leaves = new Set(tops.flatMap((name) => oracle.disks(name)));
      const expected = asked.flatMap((io) => {
        const length = io.vecs.reduce((sum, { len }) => sum + len, 0) / 512;
        return oracle.extents(io.device, io.sector, io.sector + length);
      });
      const written = named(recording, 'block_bio_queue', 'block_bio_remap').flatMap(
        ({ device, a: sector, c, e: rw }) =>
          device !== undefined && leaves.has(device) && c > 0 && (rw & REQ_WRITE) !== 0
            ? [{ device, from: sector, to: sector + c }]
            : [],
      );
      expect(covered(written)).toEqual(covered(expected));
    });
  });
});

describe('the stacks', () => {
  const drawn = fc.sample(stacks, { numRuns: RUNS.numRuns, seed: 2015 });

  it('have every driver and every target of dm that the engine has', () => {
    const times = new Map<string, number>();
    for (const { spec } of drawn)
      for (const kind of spec.devices!.flatMap(kinds)) times.set(kind, (times.get(kind) ?? 0) + 1);
    for (const kind of [...driverNames(), ...targetTypes()])
      expect(times.get(kind) ?? 0, `stacks with ${kind}`).toBeGreaterThan(10);
  });

  it('are machines that a document may describe', () => {
    for (const { spec } of drawn) {
      const findings: Finding[] = [];
      checkDevices({ bioscope: 1, machine: spec }, findings);
      expect(findings).toEqual([]);
    }
  });
});

describe('no request exceeds a limit of its queue', { timeout: TIMEOUT }, () => {
  it('in sectors, segments, their sizes and boundaries', () => {
    everyRun(faults, ({ stack, machine: { kernel }, recording }) => {
      // 4.1 asks about holes at the end of a request only, and by whole vectors.
      const exact = stack.spec.kernel.flavour === '6.12';
      const limitsOf = ({ device }: RecordedEvent) =>
        kernel.bdevs.find(({ name }) => name === device)!.disk.queue.limits;
      const rules = new Rules(stack.spec.devices!);
      const oracle = new Oracle(stack.spec.devices!);
      const longer = stack.tops.filter(({ name }) => !fits(stack, rules, name));
      const unasked = new Set(longer.flatMap(({ name }) => oracle.disks(name)));
      const uncounted = new Set(
        stack.tops.flatMap(({ name }) => (exact || rules.countsSegments(name) ? [] : oracle.disks(name))),
      );
      for (const event of named(recording, 'block_rq_issue'))
        if (!unasked.has(event.device ?? ''))
          expect(event.c).toBeLessThanOrEqual(limitsOf(event).max_sectors);
      let previousEnd = 0;
      for (const event of named(recording, 'blk_rq_map_sg', 'sg_set_page')) {
        const limits = limitsOf(event);
        if (event.name.name === 'blk_rq_map_sg') {
          if (!uncounted.has(event.device ?? '')) expect(event.c).toBeLessThanOrEqual(limits.max_segments);
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

/** Whether what is sent to a device is never more than what lies below takes at once: 6.12 cuts what is. */
const fits = ({ spec }: Stack, rules: Rules, device: string) =>
  spec.kernel.flavour === '6.12' || rules.asks(device);

/** Where on the disks that nothing carries some parts lie. */
function extentsOf(parts: readonly Part[], leaves: ReadonlySet<string>): Extent[] {
  return parts.flatMap(({ device, sector, from, to }) =>
    leaves.has(device) && to > from ? [{ device, from: sector, to: sector + (to - from) / 512 }] : [],
  );
}

/** The I/Os of a workload, a batch at a time. */
function batches(workload: readonly Io[]): Io[][] {
  const numbers = [...new Set(workload.map(({ batch }) => batch))];
  return numbers.map((number) => workload.filter(({ batch }) => batch === number));
}
