import type { Machine } from '../../../../src/engine/machine';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';

/** What the tests of md's arrays share: a machine with disks, I/O for it, and what its disks hold. */

/** Sectors of each disk, and of a chunk. */
export const SECTORS = 256;
export const CHUNK = 16;

export function machine(array: DeviceSpec, disks: number): MachineSpec {
  return {
    name: 'array',
    kernel: { flavour: '4.1' },
    memory: { ranges: [{ start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' }] },
    devices: [
      ...Array.from({ length: disks }, (_, i) => ({
        name: `sd${'abcdefgh'[i]!}`,
        driver: 'sd' as const,
        sectors: SECTORS,
      })),
      array,
    ],
  };
}
/** The same in v1 of the series, with persistent memory that has no struct pages from 0x40000000 on. */
export function pageless(array: DeviceSpec, disks: number): MachineSpec {
  const plain = machine(array, disks);
  const { ranges } = plain.memory;
  return {
    ...plain,
    kernel: { flavour: '4.1-pfn', posting: 'v1' },
    memory: {
      ranges: [
        ...ranges,
        {
          start: '0x40000000',
          end: '0x50000000',
          kind: 'pmem',
          name: 'Persistent RAM',
          structPages: 'none',
        },
      ],
    },
  };
}

export const legs = (disks: number, failed = -1) =>
  Array.from({ length: disks }, (_, i) => ({
    device: `sd${'abcdefgh'[i]!}`,
    ...(i === failed ? { failed: true } : {}),
  }));
export const io = (
  op: 'read' | 'write',
  device: string,
  sector: number,
  sectors: number,
  pfn: number,
  fill?: number,
): Io => ({
  op,
  device,
  sector,
  // Past chunks, too: the array itself cuts what its caller should not have built.
  add: 'raw',
  vecs: Array.from({ length: Math.ceil(sectors / 8) }, (_, i) => ({
    pfn: `0x${(pfn + i).toString(16)}`,
    offset: 0,
    len: Math.min(sectors - i * 8, 8) * 512,
  })),
  ...(fill === undefined ? {} : { fill }),
});
export const inUse = Array.from({ length: 0x400 }, (_, i) => 0x1000 + i);

/** Everything a disk holds, by reading it sector by sector through the block layer. */
export function contents(m: Machine, disk: string): Uint8Array {
  const bytes = new Uint8Array(SECTORS * 512);
  for (let at = 0; at < SECTORS; at += 64) {
    m.run([io('read', disk, at, 64, 0x1300)]);
    bytes.set(m.kernel.bytes.read(0x1300 * 4096, 64 * 512), at * 512);
  }
  return bytes;
}

/** Puts what a disk held onto the disk of another machine. */
export const store = (m: Machine, disk: string, bytes: Uint8Array) =>
  m.kernel.bdevs.find(({ name }) => name === disk)!.disk.store!(0, bytes);
