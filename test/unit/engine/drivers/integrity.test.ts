import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crc_t10dif,
  ip_compute_csum,
  t10_pi_generate,
  t10_pi_verify,
} from '../../../../src/engine/block/integrity/t10';
import { Machine } from '../../../../src/engine/machine';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import { events } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';

const machine = (
  type: 1 | 2 | 3,
  guard: 'crc' | 'ip',
  kernel: MachineSpec['kernel'] = { flavour: '4.1' },
): MachineSpec => ({
  name: 'dif',
  kernel,
  memory: {
    ranges: [
      { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
      { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
    ],
  },
  devices: [{ name: 'sda', driver: 'sd', sectors: 2048, integrity: { type, guard } }],
});
const io = (op: 'read' | 'write', sector: number, pfn: number, pages: number, fill?: number): Io => ({
  op,
  device: 'sda',
  sector,
  add: pfn >= 0x40000 ? 'raw' : 'bio_add_page',
  vecs: Array.from({ length: pages }, (_, i) => ({
    pfn: `0x${(pfn + i).toString(16)}`,
    offset: 0,
    len: 4096,
  })),
  ...(fill === undefined ? {} : { fill }),
});
const inUse = Array.from({ length: 64 }, (_, i) => 0x1000 + i);

describe('guard tags', () => {
  it('are CRC-16 of T10', () => {
    expect(crc_t10dif(new TextEncoder().encode('123456789'))).toBe(0xd0db);
    expect(crc_t10dif(new Uint8Array(512))).toBe(0);
  });

  it('or the Internet checksum, whose sum over data and itself is all ones', () => {
    expect(ip_compute_csum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0x220d);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (bytes) => {
        const sum = ip_compute_csum(bytes);
        expect(ip_compute_csum(Uint8Array.of(...bytes, sum >>> 8, sum & 0xff))).toBe(0);
      }),
    );
  });

  it('change with any one bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), fc.nat(4095), (bytes, bit) => {
        const other = Uint8Array.from(bytes);
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(crc_t10dif(other)).not.toBe(crc_t10dif(bytes));
        expect(ip_compute_csum(other)).not.toBe(ip_compute_csum(bytes));
      }),
    );
  });
});

describe.each([
  [1, 'crc'],
  [2, 'crc'],
  [3, 'crc'],
  [1, 'ip'],
] as const)('a disk with protection type %i and %s guards', (type, guard) => {
  it('gives back what was written, and what never was', () => {
    const m = new Machine(machine(type, guard), { inUse });
    const { outcomes, recording } = m.run([
      io('write', 64, 0x1000, 3, 5),
      io('read', 64, 0x1010, 3),
      io('read', 512, 0x1020, 2),
    ]);
    expect(outcomes.map(({ error }) => error)).toEqual([0, 0, 0]);
    expect(m.kernel.bytes.read(0x1010 * 4096, 12288)).toEqual(m.kernel.bytes.read(0x1000 * 4096, 12288));
    const mapped = [...events(recording)].filter(({ name }) => name.name === 'blk_rq_map_integrity_sg');
    expect(mapped.map(({ d }) => d)).toEqual([24 * 8, 24 * 8, 16 * 8]);
    expect(m.kernel.bios.live).toBe(0);
  });

  it('finds one flipped bit on the medium, and says where', () => {
    fc.assert(
      fc.property(fc.nat(23), fc.nat(4095), (n, bit) => {
        const m = new Machine(machine(type, guard), { inUse });
        m.run([io('write', 64, 0x1000, 3, 5)]);
        const bytes = m.kernel.bytes.read(0x1000 * 4096 + n * 512, 512);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        m.kernel.bdevs[0]!.disk.store!((64 + n) * 512, bytes);
        const { outcomes } = m.run([io('read', 64, 0x1010, 3)]);
        expect(outcomes[0]).toMatchObject({ state: 'completed', error: -84 });
        expect(outcomes[0]!.because).toContain(`guard tag error at sector ${64 + n} `);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a sector that ends up in the wrong place', () => {
  it.each([
    [1, 'ref tag error at location 9 (rcvd 8)'],
    [3, ''],
  ] as const)('is found by its reference tag, type %i', (type, said) => {
    const interval = new Uint8Array(512).fill(7);
    const tuple = t10_pi_generate(type, 'crc', interval, 8);
    expect(t10_pi_verify(type, 'crc', interval, tuple, 8)).toBe('');
    expect(t10_pi_verify(type, 'crc', interval, tuple, 9)).toBe(said);
  });
});

describe('page-less memory', () => {
  it.each(['v1', 'v3'] as const)(
    '%s: the guard of a write is computed from a mapping that is not there',
    (posting) => {
      const m = new Machine(machine(1, 'crc', { flavour: '4.1-pfn', posting }), { inUse });
      const [write] = m.run([io('write', 0, 0x40000, 1)]).outcomes;
      expect(write).toMatchObject({ state: 'oops' });
      expect(write!.because).toContain('bio_integrity_process');
    },
  );

  it('v1: a read has arrived when its check dies', () => {
    const m = new Machine(machine(1, 'crc', { flavour: '4.1-pfn', posting: 'v1' }), { inUse });
    m.run([io('write', 0, 0x1000, 1, 9)]);
    const [read] = m.run([io('read', 0, 0x40000, 1)]).outcomes;
    expect(read!.because).toContain('bio_integrity_process');
    expect(m.kernel.bytes.read(0x40000000, 4096)).toEqual(m.kernel.bytes.read(0x1000 * 4096, 4096));
  });
});

describe('tags limit merges', () => {
  // Neighbours on the disk, each a bio with a segment of tags of its own.
  const requests = (flavour: '4.1' | '6.12', max_integrity_segments: number, bios = 6) => {
    const spec: MachineSpec = {
      ...machine(1, 'crc'),
      kernel: { flavour },
      devices: [
        {
          name: 'sda',
          driver: 'sd',
          sectors: 2048,
          integrity: { type: 1, guard: 'crc' },
          queue: { limits: { max_integrity_segments } },
        },
      ],
    };
    const list = Array.from({ length: bios }, (_, i): Io => ({
      ...io('write', 8 * i, 0x1000 + 2 * i, 1, 5),
      batch: 1,
      plug: i === 0,
    }));
    const { outcomes, recording } = new Machine(spec, { inUse }).run(list);
    expect(outcomes.every(({ error }) => error === 0)).toBe(true);
    const named = (name: string) => [...events(recording)].filter((event) => event.name.name === name);
    const why = named('blk_rq_merge_ok').map(({ note }) => note);
    return { sectors: named('block_rq_issue').map(({ c }) => c), why };
  };

  it('to as many segments as the queue takes, in 6.12', () => {
    const { sectors, why } = requests('6.12', 3);
    expect(sectors).toEqual([24, 24]);
    expect(why[0]).toBe('blk_integrity_merge_bio: 4 segments > max_integrity_segments 3 of sda');
  });

  it('to fewer in 4.1, which counts each bio twice and the first one never', () => {
    expect(requests('4.1', 3).sectors).toEqual([16, 16, 16]);
    expect(requests('4.1', 4).sectors).toEqual([24, 24]);
  });

  it('hardly ever where the host says nothing', () => {
    expect(requests('4.1', 0).sectors).toEqual([48]);
    expect(requests('6.12', 0).sectors).toEqual([48]);
  });
});
