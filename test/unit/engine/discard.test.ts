import { describe, expect, it } from 'vitest';
import { Machine, simulate } from '../../../src/engine/machine';
import type { DeviceSpec } from '../../../src/model/device-spec';
import type { Io } from '../../../src/model/workload-spec';
import { machine } from '../arbitraries';

const devices: DeviceSpec[] = [
  { name: 'sda', driver: 'sd', sectors: 8192 },
  { name: 'nvme0n1', driver: 'nvme', sectors: 8192 },
  { name: 'loop0', driver: 'loop', sectors: 8192 },
  { name: 'ram0', driver: 'brd', sectors: 8192 },
  {
    name: 'dm-0',
    driver: 'dm',
    targets: [{ type: 'linear', start: 0, sectors: 4096, device: 'loop0', offset: 8 }],
  },
];
const page = (pfn: number) => [{ pfn: `0x${pfn.toString(16)}`, offset: 0, len: 4096 }];
const io = (op: Io['op'], device: string, more: Partial<Io>): Io => ({
  op,
  device,
  sector: 8,
  add: 'bio_add_page',
  vecs: [],
  ...more,
});

/** Writes two pages, discards the first, and reads both back. */
function afterDiscard(flavour: '4.1' | '6.12', device: string) {
  const spec = { ...machine({ flavour }), devices };
  const made = new Machine(spec, { inUse: [0x200, 0x201, 0x300, 0x301] });
  const { outcomes } = made.run([
    io('write', device, { vecs: page(0x200), fill: 1 }),
    io('write', device, { sector: 16, vecs: page(0x201), fill: 9 }),
    io('discard', device, { sectors: 8 }),
    io('read', device, { vecs: page(0x300) }),
    io('read', device, { sector: 16, vecs: page(0x301) }),
  ]);
  const bytes = (pfn: number) => Buffer.from(made.kernel.bytes.read(pfn * 4096, 4096));
  expect(outcomes.map(({ error, state }) => [error, state])).toEqual(outcomes.map(() => [0, 'completed']));
  expect(bytes(0x301).equals(bytes(0x201))).toBe(true);
  const given = bytes(0x300);
  if (given.equals(bytes(0x200))) return 'kept';
  return given.every((byte) => byte === 0) ? 'zeroes' : 'garbage';
}

describe('a discard', () => {
  it.each([
    ['4.1', 'sda', 'kept'],
    ['4.1', 'nvme0n1', 'kept'],
    ['4.1', 'loop0', 'zeroes'],
    ['4.1', 'ram0', 'zeroes'],
    ['4.1', 'dm-0', 'zeroes'],
    ['6.12', 'sda', 'kept'],
    ['6.12', 'nvme0n1', 'kept'],
    ['6.12', 'loop0', 'zeroes'],
    ['6.12', 'ram0', 'zeroes'],
    ['6.12', 'dm-0', 'zeroes'],
  ] as const)('%s: of %s leaves what its driver says: %s', (flavour, device, left) => {
    expect(afterDiscard(flavour, device)).toBe(left);
  });

  it.each(['4.1', '6.12'] as const)('%s: has no scatterlist, and reads no memory', (flavour) => {
    const spec = { ...machine({ flavour }), devices };
    const workload = ['sda', 'nvme0n1', 'loop0'].map((device) => io('discard', device, { sectors: 64 }));
    const { recording } = simulate(spec, workload);
    const touching = ['blk_rq_map_sg', 'sg_set_page', 'copy_page_to_iter', 'memcpy', 'memset'];
    const seen = new Set([...recording.columns.name].map((name) => recording.names[name]!.name));
    expect(touching.filter((name) => seen.has(name))).toEqual([]);
  });
});
