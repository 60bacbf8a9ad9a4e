import type { DeviceSpec } from '../../model/device-spec';
import type { DmaSpec } from '../../model/dma-spec';
import type { Model } from './machine';

const SECTORS = 8192;
const nvme = (name: string, more: object = {}): DeviceSpec => ({
  driver: 'nvme',
  name,
  sectors: SECTORS,
  ...more,
});
const sda = (more: object = {}): DeviceSpec => ({ driver: 'sd', name: 'sda', sectors: SECTORS, ...more });
const [a, b, c] = [nvme('nvme0n1'), nvme('nvme1n1'), nvme('nvme2n1')];
const legs = [{ device: 'nvme0n1' }, { device: 'nvme1n1' }, { device: 'nvme2n1' }];
const whole = { start: 0, sectors: 4096 };

const mapped = (
  target: Extract<DeviceSpec, { driver: 'dm' }>['targets'][number],
  ...below: DeviceSpec[]
): Model => ({
  devices: [...below, { driver: 'dm', name: 'dm-0', targets: [target] }],
});

/** dm and md, by the file that the series changes. */
export const STACKS: Readonly<Record<string, Model>> = {
  'drivers/md/dm-crypt.c': mapped(
    { type: 'crypt', ...whole, device: 'nvme0n1', cipher: 'aes-xts-plain64', key: '00'.repeat(31) + '01' },
    a,
  ),
  'drivers/md/dm-io.c': mapped({ type: 'mirror', ...whole, legs: legs.slice(0, 2) }, a, b),
  'drivers/md/dm-log-writes.c': {
    ...mapped({ type: 'log-writes', ...whole, device: 'nvme0n1', log: 'nvme1n1' }, a, b),
    only: 'write',
  },
  'drivers/md/dm-verity.c': {
    ...mapped({ type: 'verity', ...whole, device: 'nvme0n1', hashDevice: 'nvme1n1', seed: 1 }, a, b),
    only: 'read',
    written: false,
  },
  'drivers/md/raid1.c': { devices: [a, b, { driver: 'raid1', name: 'md0', devices: legs.slice(0, 2) }] },
  'drivers/md/raid10.c': {
    devices: [
      a,
      b,
      c,
      { driver: 'raid10', name: 'md0', chunk: 128, layout: 'near', copies: 2, devices: legs },
    ],
  },
  'drivers/md/raid5.c': {
    devices: [a, b, c, { driver: 'raid5', name: 'md0', chunk: 128, layout: 'left-symmetric', devices: legs }],
    only: 'write',
  },
};

/** A list of two entries, the second one not next to the first. */
const vecs = [
  { page: 0, offset: 0, len: 4096 },
  { page: 2, offset: 0, len: 4096 },
];
const through = (dma: DmaSpec, device: DeviceSpec = a): Model => ({
  devices: [device],
  dma,
  vecs,
});

/** What a request meets between the block layer and a device: each DMA implementation has a machine of its own. */
export const DMA: Readonly<Record<string, Model>> = {
  'arch/x86/kernel/pci-nommu.c': through({}),
  'arch/x86/kernel/pci-swiotlb.c': through({ cmdline: 'iommu=soft' }),
  'lib/swiotlb.c': through({ cmdline: 'swiotlb=force' }),
  'arch/x86/kernel/amd_gart_64.c': through({ hardware: 'amd-gart', cmdline: 'iommu=force' }),
  'arch/x86/pci/sta2x11-fixup.c': through({ hardware: 'sta2x11' }),
  'arch/x86/xen/pci-swiotlb-xen.c': through({ hardware: 'xen' }),
  'drivers/xen/swiotlb-xen.c': through({ hardware: 'xen', cmdline: 'swiotlb=force' }),
  'drivers/iommu/amd_iommu.c': through({ hardware: 'amd-vi' }),
  'drivers/iommu/intel-iommu.c': through({ hardware: 'intel-vtd', cmdline: 'intel_iommu=on' }),
  'lib/dma-debug.c': through({ debug: true }),
  'include/linux/scatterlist.h': through({}, sda()),
  'include/asm-generic/dma-mapping-common.h': through({ cmdline: 'iommu=soft' }, sda()),
};

/** The block layer’s own files, each by a disk that makes it do its work. */
export const CORE: Readonly<Record<string, Model>> = {
  'block/bio.c': mapped({ type: 'linear', ...whole, device: 'nvme0n1', offset: 8 }, a),
  'block/blk-core.c': { devices: [a], add: 'by-hand' },
  'block/blk-merge.c': {
    devices: [a],
    vecs: [
      { page: 0, offset: 0, len: 4096 },
      { page: 1, offset: 0, len: 4096 },
    ],
  },
  'block/bounce.c': { devices: [sda({ queue: { limits: { bounce_pfn: '0xfff' } } })] },
  'block/bio-integrity.c': { devices: [sda({ integrity: { type: 1, guard: 'crc' } })] },
  'block/blk-integrity.c': { devices: [sda({ integrity: { type: 1, guard: 'ip' } })], vecs },
  'drivers/scsi/sd_dif.c': { devices: [sda({ integrity: { type: 2, guard: 'crc' } })] },
  'include/linux/bio.h': {
    devices: [
      { driver: 'pmem', name: 'pmem0', start: '0x40000000', end: '0x50000000' },
      { driver: 'ps3disk', name: 'ps3da', sectors: SECTORS },
    ],
  },
  'lib/iov_iter.c': { devices: [{ driver: 'loop', name: 'loop0', sectors: SECTORS }] },
};
