import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overSectors, sectorCipher } from '../../../../src/engine/drivers/dm/cipher';
import { Machine } from '../../../../src/engine/machine';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import type { DmTarget } from '../../../../src/model/target-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import { events } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';

const bytesOfHex = (text: string) =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (b) => parseInt(b, 16));
const KEY = '00112233445566778899aabbccddeeff'.repeat(2);

function machine(targets: DmTarget[], more: DeviceSpec[] = []): MachineSpec {
  return {
    name: 'targets',
    kernel: { flavour: '4.1' },
    memory: {
      ranges: [
        { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
        { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
      ],
    },
    devices: [
      { name: 'sda', driver: 'sd', sectors: 8192 },
      { name: 'sdb', driver: 'sd', sectors: 8192 },
      ...more,
      { name: 'dm-0', driver: 'dm', targets },
    ],
  };
}
const io = (
  op: 'read' | 'write',
  device: string,
  sector: number,
  pfn: number,
  pages = 1,
  fill?: number,
): Io => ({
  op,
  device,
  sector,
  add: 'bio_add_page',
  vecs: Array.from({ length: pages }, (_, i) => ({
    pfn: `0x${(pfn + i).toString(16)}`,
    offset: 0,
    len: 4096,
  })),
  ...(fill === undefined ? {} : { fill }),
});
const inUse = Array.from({ length: 64 }, (_, i) => 0x1000 + i);
const errors = (m: Machine, workload: Io[]) => m.run(workload).outcomes.map(({ error }) => error);

describe('dm-crypt', () => {
  const target = (cipher: 'aes-xts-plain64' | 'aes-cbc-essiv:sha256'): DmTarget => ({
    type: 'crypt',
    start: 0,
    sectors: 4096,
    device: 'sda',
    offset: 2048,
    cipher,
    key: cipher === 'aes-xts-plain64' ? KEY : KEY.slice(0, 32),
  });

  it('encrypts as a real 4.1.3 did (captures: dm-crypt-cipher.txt)', () => {
    const text = readFileSync(
      join(__dirname, '../../../agreement/captures/captures-2015/stacks-4.1.3/dm-crypt-cipher.txt'),
      'utf8',
    );
    const [, dump] = text.split(/-> 512\n/);
    const real = bytesOfHex(dump!.slice(0, 32 * 50));
    // The key of that guest: a table without --showkeys hides it, but not what it made.
    const cipher = sectorCipher(
      'aes-xts-plain64',
      Uint8Array.from({ length: 64 }, (_, i) => i),
    );
    const ours = cipher.encrypt(0, new Uint8Array(512).fill('k'.charCodeAt(0)));
    expect(Buffer.from(ours).toString('hex')).toBe(Buffer.from(real.subarray(0, 512)).toString('hex'));
  });

  it.each(['aes-xts-plain64', 'aes-cbc-essiv:sha256'] as const)(
    '%s: what is written decrypts, and is not below',
    (name) => {
      const m = new Machine(machine([target(name)]), { inUse });
      expect(
        errors(m, [
          io('write', 'dm-0', 24, 0x1000, 3, 7),
          io('read', 'dm-0', 24, 0x1010, 3),
          io('read', 'sda', 2072, 0x1020, 3),
        ]),
      ).toEqual([0, 0, 0]);
      const at = (pfn: number) => m.kernel.bytes.read(pfn * 4096, 3 * 4096);
      expect(at(0x1010)).toEqual(at(0x1000));
      expect(at(0x1020)).not.toEqual(at(0x1000));
      const key = bytesOfHex(name === 'aes-xts-plain64' ? KEY : KEY.slice(0, 32));
      const cipher = sectorCipher(name, key);
      expect(overSectors(at(0x1020), 24, cipher.decrypt)).toEqual(at(0x1000));
      expect(m.kernel.bios.live).toBe(0);
    },
  );

  it('any bytes in any sector come back, and the same plain text differs from sector to sector', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 512, maxLength: 512 }),
        fc.nat(2 ** 40),
        fc.constantFrom('aes-xts-plain64' as const, 'aes-cbc-essiv:sha256' as const),
        (plain, sector, name) => {
          const cipher = sectorCipher(name, bytesOfHex(name === 'aes-xts-plain64' ? KEY : KEY.slice(0, 32)));
          expect(cipher.decrypt(sector, cipher.encrypt(sector, plain))).toEqual(plain);
          expect(cipher.encrypt(sector + 1, plain)).not.toEqual(cipher.encrypt(sector, plain));
        },
      ),
    );
  });

  it('dies on the first page-less sector it has to look at', () => {
    const spec = {
      ...machine([target('aes-xts-plain64')]),
      kernel: { flavour: '4.1-pfn', posting: 'v1' },
    } as const;
    const { outcomes } = new Machine(spec, { inUse }).run([
      { ...io('write', 'dm-0', 0, 0x40000), add: 'raw' },
    ]);
    expect(outcomes[0]).toMatchObject({ state: 'oops' });
    expect(outcomes[0]!.because).toContain('crypt_convert_block');
  });
});

describe('dm-verity', () => {
  const target: DmTarget = {
    type: 'verity',
    start: 0,
    sectors: 4096,
    device: 'sda',
    hashDevice: 'sdb',
    salt: 'f8df',
    seed: 3,
  };

  it('lets through what is as it was, and reads the tree once', () => {
    const m = new Machine(machine([target]), { inUse });
    expect(errors(m, [io('read', 'dm-0', 0, 0x1000, 8), io('read', 'dm-0', 2048, 0x1010, 4)])).toEqual([
      0, 0,
    ]);
    expect(m.kernel.bytes.read(0x1000 * 4096, 4096)).not.toEqual(new Uint8Array(4096));
  });

  it('finds one flipped bit, in that block and in no other', () => {
    fc.assert(
      fc.property(fc.nat(511), fc.nat(4096 * 8 - 1), (block, bit) => {
        const m = new Machine(machine([target]), { inUse });
        const sda = m.kernel.bdevs.find(({ name }) => name === 'sda')!.disk;
        m.run([io('read', 'sda', block * 8, 0x1000)]);
        const bytes = m.kernel.bytes.read(0x1000 * 4096, 4096);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        sda.store!(block * 4096, bytes);
        const other = (block + 1) % 512;
        const { outcomes, recording } = m.run([
          io('read', 'dm-0', block * 8, 0x1010),
          io('read', 'dm-0', other * 8, 0x1020),
        ]);
        expect(outcomes.map(({ error }) => error)).toEqual([-5, 0]);
        expect(outcomes[0]!.because).toContain(`data block ${block} is corrupted`);
        const said = [...events(recording)].filter(
          ({ name, d }) => name.name === 'verity_verify_io' && d === 1,
        );
        expect(said.map(({ b }) => b)).toEqual([block]);
      }),
      { numRuns: 25 },
    );
  });

  // What veritysetup wrote before the machine started has to be where a read through everything below finds it.
  const disks = ['a', 'b', 'c'].map((name): DeviceSpec => ({ name, driver: 'sd', sectors: 8192 }));
  const legs = disks.map(({ name }) => ({ device: name, offset: 8 }));
  const over = { start: 0, sectors: 8184, device: 'a', offset: 8 };
  const dm = (...targets: DmTarget[]): DeviceSpec => ({ name: 'below', driver: 'dm', targets });
  const key = '0f'.repeat(32);
  it.each<[string, DeviceSpec]>([
    ['linear', dm({ ...over, type: 'linear' })],
    ['striped', dm({ type: 'striped', start: 0, sectors: 8192, chunk: 16, stripes: legs.slice(0, 2) })],
    ['mirror', dm({ type: 'mirror', start: 0, sectors: 8184, legs })],
    ['crypt', dm({ ...over, type: 'crypt', cipher: 'aes-xts-plain64', key })],
    ['log-writes', dm({ ...over, type: 'log-writes', log: 'b' })],
    ['raid0', { name: 'below', driver: 'raid0', chunk: 16, devices: legs }],
    ['raid1', { name: 'below', driver: 'raid1', devices: legs }],
    ['raid10', { name: 'below', driver: 'raid10', chunk: 16, layout: 'offset', copies: 2, devices: legs }],
    ['raid5', { name: 'below', driver: 'raid5', chunk: 16, layout: 'left-symmetric', devices: legs }],
    [
      'raid5 less a disk',
      {
        name: 'below',
        driver: 'raid5',
        chunk: 16,
        layout: 'left-symmetric',
        devices: [legs[0]!, { ...legs[1]!, failed: true }, legs[2]!],
      },
    ],
    ['drbd', { name: 'below', driver: 'drbd', device: 'a' }],
    ['drbd without a disk', { name: 'below', driver: 'drbd', device: 'a', diskless: true }],
    ['pktcdvd', { name: 'below', driver: 'pktcdvd', device: 'a' }],
    ['bcache', { name: 'below', driver: 'bcache', cache: 'a', origin: 'b' }],
    ['dm-cache', { name: 'below', driver: 'dm-cache', cache: 'a', origin: 'b' }],
    ['dm-writecache', { name: 'below', driver: 'dm-writecache', kind: 's', cache: 'a', origin: 'b' }],
    [
      'a partition',
      {
        name: 'whole',
        driver: 'sd',
        sectors: 8192,
        partitions: [{ name: 'below', start: 64, sectors: 8128 }],
      },
    ],
  ])('reads what it was given over %s', (_what, below) => {
    const m = new Machine(machine([{ ...target, device: 'below' }], [...disks, below]), { inUse });
    const plain = new Machine(machine([target]), { inUse });
    // A page each: 4.1 lets no bio grow past a chunk.
    const list = Array.from({ length: 32 }, (_, n) =>
      io('read', 'dm-0', 8 * (n < 16 ? n : 240 + n), 0x1000 + n),
    );
    for (const one of [m, plain]) expect(errors(one, list).every((error) => error === 0)).toBe(true);
    const found = ({ kernel }: Machine) => kernel.bytes.read(0x1000 * 4096, 32 * 4096);
    expect(Buffer.compare(found(m), found(plain))).toBe(0);
  });

  it('finds a damaged tree, too, and refuses writes', () => {
    const m = new Machine(machine([target]), { inUse });
    const sdb = m.kernel.bdevs.find(({ name }) => name === 'sdb')!.disk;
    sdb.store!(2 * 4096, new Uint8Array(4096));
    const { outcomes } = m.run([io('read', 'dm-0', 0, 0x1000), io('write', 'dm-0', 0, 0x1000)]);
    expect(outcomes.map(({ error }) => error)).toEqual([-5, -5]);
    expect(outcomes[0]!.because).toContain('metadata block 2 is corrupted');
  });
});

describe('dm-log-writes', () => {
  const target: DmTarget = { type: 'log-writes', start: 0, sectors: 4096, device: 'sda', log: 'sdb' };

  it('logs what was flushed, entry by entry, and what was not stays out', () => {
    const m = new Machine(machine([target]), { inUse });
    const flush: Io = {
      op: 'write',
      device: 'dm-0',
      sector: 0,
      add: 'bio_add_page',
      vecs: [],
      flags: ['flush', 'sync'],
    };
    errors(m, [io('write', 'dm-0', 64, 0x1000, 1, 5), flush, io('write', 'dm-0', 128, 0x1001, 1, 6)]);
    errors(m, [io('read', 'sdb', 1, 0x1010), io('read', 'sdb', 2, 0x1012), io('read', 'sdb', 11, 0x1014)]);
    const at = (pfn: number, length: number) => m.kernel.bytes.read(pfn * 4096, length);
    const entry = new DataView(at(0x1010, 32).buffer);
    expect([0, 8, 16].map((offset) => Number(entry.getBigUint64(offset, true)))).toEqual([64, 8, 0]);
    expect(at(0x1012, 4096)).toEqual(at(0x1000, 4096));
    // The second write is not flushed: behind the flush's own entry the log is as it was.
    expect(at(0x1014, 512)).toEqual(new Uint8Array(512));
    expect(m.kernel.bios.live).toBe(0);
  });
});

describe('dm-mirror, by dm-io', () => {
  const target: DmTarget = {
    type: 'mirror',
    start: 0,
    sectors: 4096,
    legs: [{ device: 'sda' }, { device: 'sdb', offset: 8 }],
  };

  it('writes every leg', () => {
    const m = new Machine(machine([target]), { inUse });
    errors(m, [
      io('write', 'dm-0', 16, 0x1000, 2, 9),
      io('read', 'sda', 16, 0x1010, 2),
      io('read', 'sdb', 24, 0x1020, 2),
    ]);
    const at = (pfn: number) => m.kernel.bytes.read(pfn * 4096, 8192);
    expect(at(0x1010)).toEqual(at(0x1000));
    expect(at(0x1020)).toEqual(at(0x1000));
  });

  describe('where a leg fails', () => {
    // A region has 1024 sectors; each write is two requests, one a leg.
    const run = (failing: number[], list: Io[]) => {
      const m = new Machine(machine([target]), { inUse, failRequests: failing });
      const { outcomes, recording } = m.run(list);
      const leg = [...events(recording)].filter(({ name }) => name.name === 'block_rq_issue');
      expect(m.kernel.bios.live).toBe(0);
      expect(m.kernel.loop.idle).toBe(true);
      return {
        m,
        errors: outcomes.map(({ error }) => error),
        legs: leg.map(({ device, e }) => `${(e & 1) === 1 ? 'write' : 'read'} ${device}`),
      };
    };
    const write = io('write', 'dm-0', 16, 0x1000, 2, 9);
    const read = io('read', 'dm-0', 16, 0x1010, 2);
    const elsewhere = io('read', 'dm-0', 2048, 0x1020, 1);
    const right = ({ kernel }: Machine) =>
      expect(kernel.bytes.read(0x1010 * 4096, 8192)).toEqual(kernel.bytes.read(0x1000 * 4096, 8192));

    it('reads what the other has, and no longer that one', () => {
      const { m, errors: ended, legs } = run([3], [write, read, elsewhere]);
      expect(ended).toEqual([0, 0, 0]);
      expect(legs).toEqual(['write sda', 'write sdb', 'read sda', 'read sdb', 'read sdb']);
      right(m);
    });

    it('fails a read that no leg has', () => {
      expect(run([3, 4], [write, read, elsewhere]).errors).toEqual([0, -5, -5]);
    });

    it('takes a write that one leg took for good, and then believes the first alone', () => {
      const second = run([2], [write, read, write, read, elsewhere]);
      expect(second.errors).toEqual([0, 0, 0, 0, 0]);
      expect(second.legs.slice(2)).toEqual(['read sda', 'write sda', 'read sda', 'read sda']);
      right(second.m);
      // What the second leg has of that region is right, but nobody asks it.
      const first = run([1], [write, read, elsewhere]);
      expect(first.errors).toEqual([0, -5, 0]);
      expect(first.legs.slice(2)).toEqual(['read sdb']);
    });

    it('fails a write that no leg took', () => {
      expect(run([1, 2], [write]).errors).toEqual([-5]);
    });
  });

  it.each(['4.1', '6.12'] as const)('discards each leg once in %s', (flavour) => {
    const discard: Io = { op: 'discard', device: 'dm-0', sector: 16, sectors: 8, add: 'raw', vecs: [] };
    const m = new Machine({ ...machine([target]), kernel: { flavour } }, { inUse });
    const { recording } = m.run([discard]);
    const issued = [...events(recording)].filter(({ name }) => name.name === 'block_rq_issue');
    expect(issued.map(({ device, a }) => `${device} ${a}`).sort()).toEqual(['sda 16', 'sdb 24']);
  });

  it('loses BIO_PFN and the page: in v3 the legs get a page that is none, and nobody is told', () => {
    const spec = { ...machine([target]), kernel: { flavour: '4.1-pfn', posting: 'v3' } } as const;
    const { outcomes, recording } = new Machine(spec, { inUse }).run([
      { ...io('write', 'dm-0', 0, 0x40000, 1, 4), add: 'raw' },
    ]);
    expect(outcomes[0]).toMatchObject({ state: 'completed', error: 0 });
    expect([...events(recording)].some(({ name }) => name.name === 'bio_get_page')).toBe(true);
  });
});
