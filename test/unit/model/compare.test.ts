import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignEvents, countsOf, rowAt, stepBeside, type RowSteps } from '../../../src/model/compare';
import { otherSide, sideLabels } from '../../../src/model/compare-with';
import type { MachineSpec } from '../../../src/model/machine-spec';
import type { RecordedEvent, Recording } from '../../../src/model/recording';
import { Recorder } from '../../../src/model/recording';
import type { Io } from '../../../src/model/workload-spec';

const RAM = { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' } as const;
const machine = (change: Partial<MachineSpec> = {}): MachineSpec => ({
  name: 'test',
  kernel: { flavour: '4.1-pfn', posting: 'v1' },
  memory: { ranges: [RAM] },
  ...change,
});

/** `a`: where; `request`: a number of this run alone. */
const event = (name: string, device: string, a: number, request: number): RecordedEvent => ({
  index: 0,
  time: 0,
  name: { name, kind: 'call', args: ['sector', 'request', 'bytes', '', ''] },
  device,
  object: 0,
  a,
  b: request,
  c: 8,
  d: 0,
  e: 0,
  note: '',
});

const anEvent = fc
  .tuple(
    fc.constantFrom('submit_bio', 'block_getrq', 'block_rq_issue'),
    fc.constantFrom('sda', 'sdb'),
    fc.nat(3),
    fc.nat(3),
  )
  .map(([name, device, a, request]) => event(name, device, a, request));

describe('events beside each other', () => {
  it('keeps every event of both sides once, in its order', () => {
    fc.assert(
      fc.property(fc.array(anEvent), fc.array(anEvent), (left, right) => {
        const pairs = alignEvents(left, right)!;
        expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(left);
        expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(right);
        for (const { left: l, right: r } of pairs) {
          if (l && r) expect([l.name.name, l.device]).toEqual([r.name.name, r.device]);
        }
      }),
    );
  });

  it('finds no difference between a run and itself, though its requests have other numbers', () => {
    fc.assert(
      fc.property(fc.array(anEvent), (events) => {
        const again = events.map((one) => ({ ...one, b: one.b + 17, object: 5 }));
        expect(alignEvents(events, again)!.every(({ mark }) => mark === 'same')).toBe(true);
      }),
    );
  });

  it('marks another number, and what one side does alone', () => {
    const left = [event('submit_bio', 'sda', 0, 0), event('block_getrq', 'sda', 0, 0)];
    const right = [event('submit_bio', 'sda', 8, 0), event('memcpy', 'sda', 0, 0)];
    const marks = alignEvents(left, right)!.map(({ mark }) => mark);
    expect(marks).toEqual(['other', 'left', 'right']);
  });

  it('gives up where two long runs have nothing in common', () => {
    const long = (name: string) => Array.from({ length: 5000 }, () => event(name, 'sda', 0, 0));
    expect(alignEvents(long('submit_bio'), long('memcpy'))).toBeUndefined();
  });
});

describe('counts', () => {
  it('add up events by name, bytes by their column, and what was dropped', () => {
    const recorder = new Recorder();
    const memcpy = recorder.define({ name: 'memcpy', kind: 'call', args: ['', '', 'bytes', '', ''] });
    const bounce = recorder.define({ name: 'swiotlb_bounce', kind: 'call', args: ['', '', 'bytes', '', ''] });
    const log = recorder.define({ name: 'printk', kind: 'printk', args: ['', '', '', '', ''] });
    for (const [name, bytes] of [
      [memcpy, 4096],
      [bounce, 512],
      [log, 7],
      [memcpy, 1],
    ] as const)
      recorder.emit(name, 0, -1, 0, 0, 0, bytes, 0, 0, 0);
    const recording: Recording = {
      ...recorder.finish({ timeUnit: 'step', source: '', reconstructed: false }),
      dropped: 3,
    };
    const counts = Object.fromEntries(countsOf(recording).map(({ what, value }) => [what, value]));
    expect(counts).toMatchObject({
      'copied by the CPU': 4609,
      'of it through the swiotlb pool': 512,
      'kernel messages': 1,
      'bios submitted': 0,
      events: 7,
    });
  });
});

describe('the other side', () => {
  const io = (change: Partial<Io>): Io => ({
    op: 'write',
    device: 'sda',
    sector: 0,
    add: 'bio_add_page',
    vecs: [{ pfn: '0x1000', offset: 0, len: 4096 }],
    ...change,
  });

  it('is the same machine with another kernel, and the workload in words it knows', () => {
    const side = otherSide({
      bioscope: 1,
      machine: machine(),
      workload: [io({ add: 'bio_add_pfn' })],
      compare: { kernel: { flavour: '4.1' } },
    })!;
    expect(side.document.machine.kernel).toEqual({ flavour: '4.1', posting: undefined });
    expect(side.document.workload![0]!.add).toBe('bio_add_page');
    expect(side.changed).toEqual([expect.stringContaining('no bio_add_pfn() in 4.1')]);
  });

  it('cuts long vectors at pages where a vector is a page, and loses no byte', () => {
    const vecs = [{ pfn: '0x1000', offset: 512, len: 8192 }];
    const side = otherSide({
      bioscope: 1,
      machine: machine({ kernel: { flavour: '6.12' } }),
      workload: [io({ vecs })],
      compare: { kernel: { flavour: '4.1' } },
    })!;
    expect(side.document.workload![0]!.vecs).toEqual([
      { pfn: '0x1000', offset: 512, len: 3584 },
      { pfn: '0x1001', offset: 0, len: 4096 },
      { pfn: '0x1002', offset: 0, len: 512 },
    ]);
  });

  it('is called by what differs, and by nothing else', () => {
    const side = (change: Partial<MachineSpec> = {}, ops = 'swiotlb') => ({ machine: machine(change), ops });
    expect(sideLabels(side(), side({ kernel: { flavour: '6.12' } }))).toEqual(['4.1-pfn · v1', '6.12']);
    expect(sideLabels(side(), side({}, 'intel'))).toEqual(['swiotlb', 'intel']);
    expect(sideLabels(side(), side({ dma: { cmdline: 'swiotlb=force' } }))).toEqual([
      'no parameters',
      'swiotlb=force',
    ]);
    expect(sideLabels(side(), side({ name: 'other' }))).toEqual(['test', 'other']);
  });
});

describe('the moment beside a moment', () => {
  const rows: RowSteps[] = [
    { leftStep: 3, rightStep: 2 },
    { rightStep: 5 },
    { leftStep: 6 },
    { leftStep: 9, rightStep: 8 },
  ];
  const lengths = { left: 12, right: 20 };

  it('is what the right side has done when the left one has come to its row', () => {
    expect([0, 2, 3, 5, 6, 8, 9, 11].map((step) => stepBeside(rows, step, lengths))).toEqual([
      0, 0, 2, 2, 5, 5, 8, 8,
    ]);
    expect([2, 3, 6, 11].map((step) => rowAt(rows, step))).toEqual([-1, 0, 2, 3]);
  });

  it('is the end at the end, and unknown where nothing is in rows', () => {
    expect(stepBeside(rows, 12, lengths)).toBe(20);
    expect(stepBeside([], 12, lengths)).toBe(20);
    expect(stepBeside([], 3, lengths)).toBeUndefined();
  });

  it('never goes back as the left one goes on', () => {
    const steps = fc.array(fc.record({ left: fc.boolean(), right: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (made) => {
        let [l, r] = [0, 0];
        const all = made.map(({ left, right }) => ({
          ...(left ? { leftStep: ++l } : {}),
          ...(right ? { rightStep: ++r } : {}),
        }));
        const seen = [...Array(l + 2).keys()].map(
          (step) => stepBeside(all, step, { left: l + 1, right: r }) ?? 0,
        );
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });
});
