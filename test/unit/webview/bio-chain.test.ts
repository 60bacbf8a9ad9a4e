import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import { mapView } from '../../../src/host/map-view';
import type { DeviceSpec } from '../../../src/model/device-spec';
import { chainOf, type Chain } from '../../../webview/bio-chain/chain';
import { layoutChain } from '../../../webview/bio-chain/layout';
import type { Io } from '../../../src/model/workload-spec';
import { anyIo, kernels, machine } from '../arbitraries';

function chainFor(io: Io, kernel: Parameters<typeof machine>[0], flag = false) {
  const spec = machine(kernel, flag);
  const { recording, outcomes } = simulate(spec, [io]);
  return { chain: chainOf(recording, outcomes[0]!.bio, mapView(spec)), outcome: outcomes[0]! };
}

const vec = (pfn: number, len = 4096) => ({ pfn: `0x${pfn.toString(16)}`, offset: 0, len });
const write = (change: Partial<Io>): Io => ({
  op: 'write',
  device: 'ram0',
  sector: 0,
  add: 'bio_add_page',
  vecs: [vec(0x100)],
  ...change,
});

describe('the chain of a bio', () => {
  it('has blocks that tile the bytes of each column, and ends in the device exactly when it completed', () => {
    fc.assert(
      fc.property(anyIo, kernels, fc.boolean(), (io, kernel, flag) => {
        const { chain, outcome } = chainFor(io, kernel, flag);
        for (const column of chain.columns) {
          let at = 0;
          for (const block of column.blocks) {
            expect(block.from).toBe(at);
            expect(block.to).toBeGreaterThan(at);
            at = block.to;
          }
          expect(at).toBeLessThanOrEqual(chain.bytes);
        }
        const reached = chain.columns[3]?.blocks.at(-1)?.to ?? 0;
        if (outcome.state === 'completed' && outcome.error === 0) expect(reached).toBe(chain.bytes);
        else if (chain.bytes > 0) expect(chain.cuts.length).toBeGreaterThan(0);
      }),
    );
  });

  it('joins pages that follow each other in memory, not others', () => {
    const { chain } = chainFor(write({ vecs: [vec(0x100), vec(0x101), vec(0x200)] }), { flavour: '4.1' });
    expect(chain.columns[0]!.blocks.map((b) => [b.from, b.to])).toEqual([
      [0, 8192],
      [8192, 12288],
    ]);
    expect(chain.columns[1]!.blocks).toHaveLength(3);
  });

  it('wears the rule that refused it: at the queue, and at the vector', () => {
    const byHand = chainFor(write({ add: 'by-hand', vecs: [vec(0x40000)] }), {
      flavour: '4.1-pfn',
      posting: 'v3',
    }).chain;
    expect(byHand.cuts).toEqual([
      {
        after: 2,
        from: 0,
        to: 4096,
        rule: 'BIO_PFN set, QUEUE_FLAG_PFN not set on ram0',
        where: 'generic_make_request_checks',
        step: 3,
      },
    ]);
    expect(byHand.columns[0]!.blocks[0]).toMatchObject({
      tone: 'pageless',
      detail: 'pfn 0x4_0000',
      note: 'no struct page',
    });
    const asked = chainFor(write({ add: 'bio_add_pfn', vecs: [vec(0x40000)] }), {
      flavour: '4.1-pfn',
      posting: 'v3',
    }).chain;
    expect(asked.cuts[0]).toMatchObject({ after: 1, where: 'bio_add_pfn' });
    expect(asked.columns[1]!.blocks[0]!.tone).toBe('refused');
  });

  it('names the kernel function a fault happened in, and cuts after the bytes that were still copied', () => {
    const io = write({ add: 'bio_add_pfn', vecs: [vec(0x100), vec(0x40000)] });
    const { chain } = chainFor(io, { flavour: '4.1-pfn', posting: 'v1' }, true);
    expect(chain.cuts).toEqual([
      {
        after: 2,
        from: 4096,
        to: 8192,
        rule: 'BUG: unable to handle kernel paging request at ffff880040000000',
        where: 'brd_do_bvec',
        step: 8,
      },
    ]);
  });
});

describe('the layout of the ribbons', () => {
  it('has one scale, in which every ribbon joins blocks that hold its bytes', () => {
    fc.assert(
      fc.property(anyIo, kernels, fc.integer({ min: 300, max: 1800 }), (io, kernel, width) => {
        const { chain } = chainFor(io, kernel);
        if (chain.bytes === 0) return;
        const layout = layoutChain(chain, width);
        for (const block of layout.columns.flatMap((c) => c.blocks)) {
          expect(block.height).toBeCloseTo((block.to - block.from) * layout.scale);
          expect(block.x + block.width).toBeLessThanOrEqual(layout.width + 1e-6);
        }
        for (const ribbon of layout.ribbons)
          expect(ribbon.height).toBeCloseTo((ribbon.to - ribbon.from) * layout.scale);
        expect(layout.height).toBeLessThan(4000);
      }),
    );
  });
});

const widths = fc.integer({ min: 300, max: 1800 });

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x + 1e-6 ||
  b.x + b.width <= a.x + 1e-6 ||
  a.y + a.height <= b.y + 1e-6 ||
  b.y + b.height <= a.y + 1e-6;

function expectApart(chain: Chain, width: number): void {
  const layout = layoutChain(chain, width);
  const titles = layout.columns.map(({ x, titleY }) => ({
    x,
    y: titleY - 10,
    width: layout.columnWidth,
    height: 12,
  }));
  const boxes: Box[] = [...layout.columns.flatMap(({ blocks }) => blocks), ...titles, ...layout.cuts];
  const outside = boxes.filter(
    (box) => box.x + box.width > layout.width + 1e-6 || box.y + box.height > layout.height,
  );
  const overlaps = boxes.flatMap((box, n) =>
    boxes.slice(n + 1).flatMap((other) => (apart(box, other) ? [] : [[box, other]])),
  );
  expect({ outside, overlaps }).toEqual({ outside: [], overlaps: [] });
  const [first, second] = [...new Set(layout.columns.map(({ x }) => x))].sort((a, b) => a - b);
  const way = (second ?? Infinity) - (first ?? 0) - layout.columnWidth;
  expect(layout.ribbons.filter(({ left, right }) => Math.abs(right.x - left.x - way) > 1e-6)).toEqual([]);
}

describe('the chain of a bio through a stack', () => {
  const devices: DeviceSpec[] = [
    { name: 'ram0', driver: 'brd', sectors: 8192 },
    { name: 'ram1', driver: 'brd', sectors: 8192 },
    { name: 'sda', driver: 'sd', sectors: 8192 },
    { name: 'nvme0n1', driver: 'nvme', sectors: 8192 },
    { name: 'md1', driver: 'raid1', devices: [{ device: 'ram0' }, { device: 'ram1' }] },
    {
      name: 'dm-0',
      driver: 'dm',
      targets: [
        { type: 'linear', start: 0, sectors: 1024, device: 'sda', offset: 512 },
        { type: 'linear', start: 1024, sectors: 1024, device: 'md1', offset: 64 },
      ],
    },
    {
      name: 'md0',
      driver: 'raid0',
      chunk: 64,
      devices: [{ device: 'sda' }, { device: 'nvme0n1' }],
    },
  ];

  function chainsFor(workload: Io[], flavour: '4.1' | '6.12'): Chain[] {
    const spec = { ...machine({ flavour }), devices };
    const { recording, outcomes } = simulate(spec, workload);
    return outcomes.map(({ bio, error }) => {
      expect(error).toBe(0);
      return chainOf(recording, bio, mapView(spec));
    });
  }

  const raw = (device: string, sector: number, pages: number): Io =>
    write({ device, sector, add: 'raw', vecs: Array.from({ length: pages }, (_, n) => vec(0x100 + 2 * n)) });

  it.each(['4.1', '6.12'] as const)('follows every byte down to the last device (%s)', (flavour) => {
    const [chain] = chainsFor([raw('dm-0', 1024 - 16, 4)], flavour);
    // Half on sda, by DMA; half on a mirror of two RAM disks, which the CPU copies to.
    expect(chain!.columns.map((column) => [column.title, column.source])).toEqual([
      ['memory', -1],
      ['bio_vec', 0],
      ['bio', 1],
      ['sda, md1', 2],
      ['ram0', 3],
      ['ram1', 3],
      ['request segments, sda', 3],
      ['scatterlist of sda', 6],
      ['ram0', 4],
      ['ram1', 5],
    ]);
    const spans = chain!.columns.map(({ blocks }) => [blocks[0]!.from, blocks.at(-1)!.to]);
    expect(spans.slice(3)).toEqual([
      [0, 16384],
      [8192, 16384],
      [8192, 16384],
      [0, 8192],
      [0, 8192],
      [8192, 16384],
      [8192, 16384],
    ]);
  });

  it.each(['4.1', '6.12'] as const)(
    'has every chunk of a raid0, and every scatterlist entry (%s)',
    (flavour) => {
      const [chain] = chainsFor([raw('md0', 56, 4)], flavour);
      const parts = chain!.columns.find(
        (column) => column.title.split(', ').sort().join() === 'nvme0n1,sda',
      )!;
      expect(parts.blocks.map(({ from, to }) => [from, to])).toEqual([
        [0, 4096],
        [4096, 16384],
      ]);
      const mapped = chain!.columns.filter((column) => column.title.startsWith('scatterlist'));
      expect(mapped.flatMap(({ blocks }) => blocks).reduce((sum, b) => sum + b.to - b.from, 0)).toBe(16384);
    },
  );

  it('gives each bio of a merged request its own entries', () => {
    const plugged = { batch: 1, plug: true };
    const chains = chainsFor(
      [
        { ...raw('sda', 0, 1), ...plugged },
        { ...raw('sda', 8, 2), ...plugged },
      ],
      '4.1',
    );
    expect(chains.map((chain) => chain.columns.at(-1)!.blocks.map((b) => [b.from, b.to]))).toEqual([
      [[0, 4096]],
      [
        [0, 4096],
        [4096, 8192],
      ],
    ]);
  });

  it('stops where a level refuses, at the bytes that were refused', () => {
    const spec = {
      ...machine({ flavour: '4.1-pfn', posting: 'v1' }),
      devices: devices.map((device) =>
        device.name === 'sda' || device.name === 'dm-0' ? { ...device, queue: { pfn: true } } : device,
      ),
    };
    const io: Io = { ...raw('dm-0', 1024 - 8, 2), add: 'by-hand', vecs: [vec(0x40000), vec(0x40001)] };
    const { recording, outcomes } = simulate(spec, [io]);
    const chain = chainOf(recording, outcomes[0]!.bio, mapView(spec));
    expect(chain.columns[3]).toMatchObject({
      title: 'sda, md1',
      blocks: [{ tone: 'bio' }, { from: 4096, to: 8192, tone: 'refused' }],
    });
    expect(chain.cuts).toEqual([
      {
        after: 3,
        from: 4096,
        to: 8192,
        rule: 'BIO_PFN set, QUEUE_FLAG_PFN not set on md1',
        where: 'generic_make_request_checks',
        step: 38,
      },
    ]);
  });

  it('keeps everything apart: no block, title or tag lies on another, and each ribbon goes one level', () => {
    const sector = fc.integer({ min: 0, max: 900 });
    const device = fc.constantFrom('dm-0', 'md0', 'md1', 'sda', 'nvme0n1', 'ram0');
    const flavour = fc.constantFrom('4.1' as const, '6.12' as const);
    fc.assert(
      fc.property(
        device,
        sector,
        fc.integer({ min: 1, max: 24 }),
        flavour,
        widths,
        (name, at, pages, which, width) => {
          const spec = { ...machine({ flavour: which }), devices };
          const { recording, outcomes } = simulate(spec, [raw(name, at * 8, pages)]);
          const chain = chainOf(recording, outcomes[0]!.bio, mapView(spec));
          expectApart(chain, width);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('puts the disks of a mirror below each other, each with its own way on', () => {
    const [chain] = chainsFor([raw('md1', 0, 1)], '6.12');
    const { columns } = layoutChain(chain!, 1200);
    const legs = columns.slice(3, 5);
    expect(legs.map(({ title }) => title)).toEqual(['ram0', 'ram1']);
    expect(legs[0]!.x).toBe(legs[1]!.x);
    const [upper, lower] = legs.map(({ blocks }) => blocks[0]!);
    expect(lower!.y).toBeGreaterThan(upper!.y + upper!.height + 20);
  });

  it('has a block for each piece that 6.12 splits a bio into, and the step it came at', () => {
    const [chain] = chainsFor([raw('sda', 0, 64)], '6.12');
    const pieces = chain!.columns[3]!.blocks;
    expect(chain!.columns[3]!.title).toBe('sda');
    expect(pieces.map(({ from, to }) => [from, to])).toEqual([
      [0, 131072],
      [131072, 262144],
    ]);
    expect(pieces[1]!.step).toBeGreaterThan(pieces[0]!.step);
  });

  it('shows what bounces as copies, and a request nobody looks into as a request', () => {
    const spec = {
      ...machine({ flavour: '4.1' }),
      devices: [
        { name: 'sda', driver: 'sd', sectors: 8192, queue: { limits: { bounce_pfn: '0xfff' } } },
        { name: 'nullb0', driver: 'null_blk', sectors: 8192 },
      ] satisfies DeviceSpec[],
    };
    const workload = [write({ device: 'sda', vecs: [vec(0x1001)] }), write({ device: 'nullb0' })];
    const { recording, outcomes } = simulate(spec, workload);
    const [bounced, idle] = outcomes.map(({ bio }) => chainOf(recording, bio, mapView(spec)));
    expect(bounced!.columns[3]).toMatchObject({ title: 'sda', copied: true, blocks: [{ tone: 'bounce' }] });
    expect(bounced!.columns[4]!.title).toBe('request segments, sda');
    expect(bounced!.columns[5]).toMatchObject({ title: 'scatterlist of sda', source: 4 });
    expect(idle!.columns[3]).toMatchObject({ title: 'request of nullb0', source: 2 });
  });

  it('says which vectors a segment joins, and which entry it becomes', () => {
    const neighbours = [vec(0x100), vec(0x101), vec(0x102), vec(0x200), vec(0x201), vec(0x300)];
    const [chain] = chainsFor([write({ device: 'sda', add: 'raw', vecs: neighbours })], '4.1');
    const [segs, sg] = chain!.columns.slice(-2);
    expect(segs!.blocks.map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      'seg 0 · 12288 B: bv[0] … bv[2]',
      'seg 1 · 8192 B: bv[3] + bv[4]',
      'seg 2 · 4096 B: bv[5]',
    ]);
    expect(sg!.blocks.map(({ label }) => label)).toEqual(['sg[0] 12288 B', 'sg[1] 8192 B', 'sg[2] 4096 B']);
  });

  it('draws flushes and discards without memory', () => {
    const flush = write({ device: 'md1', flags: ['flush'], vecs: [] });
    const discard: Io = { ...write({ device: 'nvme0n1', sector: 8, vecs: [] }), op: 'discard', sectors: 64 };
    for (const flavour of ['4.1', '6.12'] as const) {
      const [empty, given] = chainsFor([flush, discard], flavour);
      expect(empty).toMatchObject({ load: 'flush', bytes: 1, cuts: [] });
      expect(given).toMatchObject({ load: 'discard', bytes: 64 * 512, cuts: [] });
      for (const { columns } of [empty!, given!]) {
        expect(columns[0]!.title).toBe('bio');
        expect(columns.map(({ title }) => title)).not.toContain('memory');
      }
      expect(given!.columns.at(-1)).toMatchObject({ title: 'request of nvme0n1' });
      expectApart(empty!, 700);
      expectApart(given!, 300);
    }
  });
});

describe('the way to the device by DMA', () => {
  it('has the address that each entry got, and says what became of it', () => {
    const spec = {
      ...machine({ flavour: '4.1' }),
      dma: { hardware: 'none' as const, cmdline: 'swiotlb=1024,force' },
      devices: [{ name: 'sda', driver: 'sd' as const, sectors: 8192 }],
    };
    const { recording, outcomes } = simulate(spec, [
      write({ device: 'sda', vecs: [vec(0x100), vec(0x200), vec(0x300)] }),
    ]);
    expect(outcomes[0]!.error).toBe(0);
    const chain = chainOf(recording, outcomes[0]!.bio, mapView(spec));
    const [sg, dma] = chain.columns.slice(-2);
    expect([sg!.title, dma!.title]).toEqual(['scatterlist of sda', 'DMA address, sda']);
    expect(chain.columns[dma!.source]).toBe(sg);
    expect(dma!.blocks.map(({ from, to }) => [from, to])).toEqual([
      [0, 4096],
      [4096, 8192],
      [8192, 12288],
    ]);
    for (const block of dma!.blocks) expect(block.tone).not.toBe('device');
    // Every block says when it came, and nothing comes before what it is made of.
    for (const { blocks, source } of chain.columns.slice(1)) {
      for (const block of blocks) {
        const before = chain.columns[source]!.blocks.filter((b) => b.from < block.to && b.to > block.from);
        for (const { step } of before) expect(block.step).toBeGreaterThanOrEqual(step);
      }
    }
  });
});
