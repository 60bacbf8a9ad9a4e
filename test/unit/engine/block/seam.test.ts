import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../src/engine/machine';
import { hex } from '../../../../src/model/address';
import { events } from '../../../../src/model/recording';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';

/** Disks whose limits make requests of one array meet: found by the property tests of stacks. */
const spec: MachineSpec = {
  name: 'seam',
  kernel: { flavour: '6.12' },
  memory: { ranges: [{ start: '0x100000', end: '0x4000000', kind: 'ram', name: 'System RAM' }] },
  devices: [
    { name: 'a', driver: 'sd', sectors: 2048, queue: { limits: { max_segment_size: 4096 } } },
    { name: 'b', driver: 'nvme', sectors: 2048, queue: { limits: { max_sectors: 8, max_hw_sectors: 256 } } },
    { name: 'md', driver: 'raid1', devices: [{ device: 'a' }, { device: 'b' }], sectors: 2048 },
  ],
};

const write: Io = {
  op: 'write',
  device: 'md',
  sector: 0,
  add: 'bio_add_page',
  vecs: [...Array(34).keys()].map((n) => ({ pfn: hex(0x100 + n), offset: 0, len: n < 33 ? 4096 : 512 })),
  plug: true,
};

describe('two requests that become one in 6.12', () => {
  it('keep all their segments: those that meet are not joined', () => {
    const { recording } = simulate(spec, [write]);
    const mapped = [...events(recording)].filter(({ name }) => name.name === 'blk_rq_map_sg');
    expect(mapped.some(({ device, c }) => device === 'a' && c === 2)).toBe(true);
    for (const { c: entries, d: estimate } of mapped) expect(entries).toBeLessThanOrEqual(estimate);
  });
});
