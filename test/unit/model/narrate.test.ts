import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import type { DeviceSpec } from '../../../src/model/device-spec';
import type { MachineSpec } from '../../../src/model/machine-spec';
import { narrate } from '../../../src/model/narrate';
import { events } from '../../../src/model/recording';
import type { Io } from '../../../src/model/workload-spec';

const RAM = { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' } as const;

function told(devices: DeviceSpec[], workload: Io[], flavour: MachineSpec['kernel']['flavour'] = '4.1') {
  const spec: MachineSpec = { name: 'test', kernel: { flavour }, memory: { ranges: [RAM] }, devices };
  const all = [...events(simulate(spec, workload).recording)];
  return all.map((event) => ({ name: event.name.name, text: narrate(event) }));
}

const write = (change: Partial<Io>): Io => ({
  op: 'write',
  device: 'sda',
  sector: 0,
  add: 'bio_add_page',
  vecs: [{ pfn: '0x1000', offset: 0, len: 4096 }],
  ...change,
});

describe('every event of a request', () => {
  const devices: DeviceSpec[] = [{ name: 'sda', driver: 'sd', sectors: 65536 }];
  const lines = told(devices, [
    write({ batch: 1, plug: true }),
    write({ batch: 1, plug: true, sector: 8 }),
    write({ sector: 64, flags: ['flush', 'fua'] }),
  ]);

  it('has a sentence of its own, never a bare name', () => {
    for (const { name, text } of lines) {
      expect(text, name).not.toBe(name);
      expect(text, name).not.toMatch(/undefined|NaN|4294967295/);
    }
  });

  it('says what joined what, and what the driver got', () => {
    const texts = lines.map(({ text }) => text);
    expect(texts).toContain('bio 1 joins request 0 at its end: W 8 + 8');
    expect(texts).toContain('the driver of sda takes request 0: W 0 + 16');
    expect(texts).toContain('request 0 becomes 2 scatterlist entries; nr_phys_segments had counted 2');
  });

  it('places an empty flush nowhere', () => {
    expect(lines.map(({ text }) => text).join('\n')).toMatch(
      /the driver of sda takes request \d+: FF no sector \+ 0/,
    );
  });
});

describe('a rule', () => {
  it('is named with function, value, limit and device where a bio is cut', () => {
    const devices: DeviceSpec[] = [
      { name: 'sda', driver: 'null_blk', sectors: 65536, queue: { limits: { max_sectors: 8 } } },
    ];
    const vecs = [0, 2].map((n) => ({ pfn: `0x${(0x1000 + n).toString(16)}`, offset: 0, len: 4096 }));
    const cut = told(devices, [write({ vecs })], '6.12').find(({ name }) => name === 'block_split');
    expect(cut?.text).toBe(
      'bio 1 is cut on sda: what begins at sector 8 comes later — bio_split_rw: 16 sectors > max_sectors 8 of sda',
    );
  });

  it('names the culprit where a stack lowers a limit', () => {
    const lines = told(
      [
        { name: 'sda', driver: 'sd', sectors: 65536 },
        {
          name: 'dm-0',
          driver: 'dm',
          targets: [{ type: 'linear', start: 0, sectors: 1024, device: 'sda', offset: 0 }],
        },
      ],
      [write({ device: 'dm-0' })],
    );
    expect(lines.find(({ text }) => text.includes('max_segments'))?.text).toBe(
      'blk_stack_limits lowers max_segments of dm-0 from 65535 to 168: sda is the culprit',
    );
  });
});
