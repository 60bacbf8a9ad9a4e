import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/model/document';
import { simulate } from '../../../src/engine/machine';
import type { DeviceSpec } from '../../../src/model/device-spec';
import type { Io } from '../../../src/model/workload-spec';
import { machine } from '../arbitraries';

const sda: DeviceSpec = { name: 'sda', driver: 'sd', sectors: 2048 };

/** What is said about a machine with these devices: each problem with the text of its line. */
function problems(devices: unknown[], kernel: unknown = { flavour: '4.1' }): string[] {
  const spec = { ...machine({ flavour: '4.1' }), kernel, devices };
  const text = JSON.stringify({ bioscope: 1, machine: spec }, null, 1);
  const read = readDocument(text);
  if (read.ok) return [];
  return read.problems.map(({ line, message }) => {
    expect(text.split('\n')[line - 1], message).toBeDefined();
    return message;
  });
}

describe('devices that cannot be', () => {
  const dm = (name: string, ...targets: object[]) => ({ name, driver: 'dm', targets });
  const linear = (device: string, more: object = {}) => ({
    type: 'linear',
    start: 0,
    sectors: 1024,
    device,
    offset: 0,
    ...more,
  });
  it.each<[string, unknown[], RegExp]>([
    [
      'a stack in a circle',
      [dm('a', linear('b')), dm('b', linear('a'))],
      /a lies on b lies on a: a stack cannot go in a circle/,
    ],
    ['a disk that lies on itself', [dm('a', linear('a'))], /a lies on a: a stack cannot go in a circle/],
    [
      'a device that is not there',
      [sda, dm('a', linear('sdb'))],
      /a lies on sdb, which this machine does not have \(devices: sda, a\)/,
    ],
    [
      'verity over what cannot be written',
      [
        sda,
        { ...sda, name: 'sdb' },
        { ...sda, name: 'sdc' },
        dm('v', { type: 'verity', start: 0, sectors: 64, device: 'sda', hashDevice: 'sdb' }),
        dm('l', linear('v', { sectors: 64 })),
        dm('w', { type: 'verity', start: 0, sectors: 64, device: 'sdc', hashDevice: 'l' }),
      ],
      /what is verified by w cannot be put on l: dm-verity below it refuses writes/,
    ],
    ['two of one name', [sda, sda], /two devices named sda/],
    ['no sectors', [{ ...sda, sectors: 0 }], /sda has no sectors/],
    ['a negative size', [{ ...sda, sectors: -8 }], /sectors: .*-8|sectors: .*>=0/],
    ['a size that is no whole number', [{ ...sda, sectors: 8.5 }], /sectors: expected a whole number/],
    ['more sectors than a kernel counts', [{ ...sda, sectors: 2 ** 50 }], /sectors: /],
    [
      'no segments',
      [{ ...sda, queue: { limits: { max_segments: 0 } } }],
      /max_segments of sda is 0; the kernel wants 1 at least/,
    ],
    [
      'no sectors in a request',
      [{ ...sda, queue: { limits: { max_sectors: 0 } } }],
      /max_sectors of sda is 0; the kernel wants 8 at least/,
    ],
    [
      'segments of less than a page',
      [{ ...sda, queue: { limits: { max_segment_size: 512 } } }],
      /max_segment_size of sda is 512; the kernel wants 4096/,
    ],
    [
      'a boundary that is no mask',
      [{ ...sda, queue: { limits: { seg_boundary_mask: '0x10000' } } }],
      /seg_boundary_mask is one less than a power of two/,
    ],
    [
      'a DMA mask with a hole',
      [{ ...sda, dmaMask: '0xff0fffff' }],
      /0xff0fffff is not one less than a power of two, as a mask of address bits is/,
    ],
    [
      'blocks of 1000 bytes',
      [{ ...sda, queue: { limits: { logical_block_size: 1000 } } }],
      /logical_block_size is a power of two from 512 on, not 1000/,
    ],
    [
      'partitions that overlap',
      [
        {
          ...sda,
          partitions: [
            { name: 'sda1', start: 0, sectors: 100 },
            { name: 'sda2', start: 64, sectors: 100 },
          ],
        },
      ],
      /sda2 begins at sector 64, inside sda1/,
    ],
    [
      'a partition past the end',
      [{ ...sda, partitions: [{ name: 'sda1', start: 2000, sectors: 100 }] }],
      /sda1 ends at sector 2100, past the 2048 sectors of sda/,
    ],
    [
      'a table with a gap',
      [sda, dm('a', linear('sda'), linear('sda', { start: 1032 }))],
      /the table has a gap at sector 1024/,
    ],
    [
      'a table that overlaps',
      [sda, dm('a', linear('sda'), linear('sda', { start: 1000 }))],
      /the table has an overlap at sector 1024/,
    ],
    [
      'a target past the end of what is below',
      [sda, dm('a', linear('sda', { offset: 1040 }))],
      /a needs sectors 1040 to 2064 of sda, which has 2048: .* -22 \(-EINVAL\)/,
    ],
    [
      'a chunk of no whole page',
      [sda, { name: 'md0', driver: 'raid0', chunk: 4, devices: [{ device: 'sda' }] }],
      /a chunk of 4 sectors is less than a page/,
    ],
    [
      'an array without room',
      [sda, { name: 'md0', driver: 'raid1', devices: [{ device: 'sda', offset: 2048 }] }],
      /from sector 2048 on, md0 has no room/,
    ],
    ['an array of nothing', [{ name: 'md0', driver: 'raid1', devices: [] }], /devices: /],
    [
      'a pmem disk outside any pmem',
      [{ name: 'p', driver: 'pmem', start: '0x0', end: '0x1000' }],
      /no pmem range that holds it/,
    ],
    [
      'a pmem disk that ends first',
      [{ name: 'p', driver: 'pmem', start: '0x40001000', end: '0x40000000' }],
      /not after its start/,
    ],
  ])('%s', (_what, devices, message) => {
    expect(problems(devices).join('\n')).toMatch(message);
  });
});

describe('I/O that cannot be, ends as the kernel ends it', () => {
  const io = (more: Partial<Io>): Io => ({
    op: 'write',
    device: 'sda',
    sector: 0,
    add: 'raw',
    vecs: [{ pfn: '0x100', offset: 0, len: 4096 }],
    ...more,
  });
  const run = (flavour: '4.1' | '6.12', one: Io, device: DeviceSpec = sda) => {
    const spec = { ...machine({ flavour }), devices: [device] };
    return simulate(spec, [one]).outcomes[0]!;
  };

  it.each(['4.1', '6.12'] as const)('%s: past the end of a disk, and of a partition: -EIO', (flavour) => {
    expect(run(flavour, io({ sector: 2041 }))).toMatchObject({ state: 'completed', error: -5 });
    const parted: DeviceSpec = { ...sda, partitions: [{ name: 'sda1', start: 0, sectors: 8 }] };
    expect(run(flavour, io({ device: 'sda1', sector: 1 }), parted)).toMatchObject({
      state: 'completed',
      error: -5,
    });
    expect(run(flavour, io({ device: 'sda1' }), parted)).toMatchObject({ state: 'completed', error: 0 });
  });

  it.each(['4.1', '6.12'] as const)('%s: a discard of a disk that has none: -EOPNOTSUPP', (flavour) => {
    const discard = io({ op: 'discard', add: 'bio_add_page', sectors: 8, vecs: [], device: 'null0' });
    const null0: DeviceSpec = { name: 'null0', driver: 'null_blk', sectors: 2048 };
    expect(run(flavour, discard, null0)).toMatchObject({ state: 'completed', error: -95 });
  });

  it('4.1: a bio larger than the queue takes: -EIO; 6.12 splits it', () => {
    const vecs = Array.from({ length: 40 }, (_, i) => ({
      pfn: `0x${(0x100 + i).toString(16)}`,
      offset: 0,
      len: 4096,
    }));
    expect(run('4.1', io({ vecs }))).toMatchObject({
      error: -5,
      because: /bio too big device sda|max_hw_sectors/,
    });
    expect(run('6.12', io({ vecs }))).toMatchObject({ state: 'completed', error: 0 });
  });

  it('6.12: a bio of half a logical block: -EIO', () => {
    const big: DeviceSpec = {
      ...sda,
      queue: { limits: { logical_block_size: 4096, physical_block_size: 4096 } },
    };
    const half = io({ vecs: [{ pfn: '0x100', offset: 0, len: 512 }] });
    expect(run('6.12', half, big)).toMatchObject({ state: 'completed', error: -5 });
  });
});
