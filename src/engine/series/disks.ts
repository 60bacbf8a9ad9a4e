import type { DeviceSpec } from '../../model/device-spec';
import type { Model } from './machine';

const SECTORS = 8192;

const alone = (device: DeviceSpec): Model => ({ devices: [device] });

/** A disk that is no more than its size. */
const disk = (driver: Extract<DeviceSpec, { sectors: number }>['driver'] & SizeOnly, name: string): Model =>
  alone({ driver, name, sectors: SECTORS });
type SizeOnly =
  | 'brd'
  | 'nvme'
  | 'loop'
  | 'nbd'
  | 'zram'
  | 'aoe'
  | 'rbd'
  | 'floppy'
  | 'umem'
  | 'rsxx'
  | 'ps3disk'
  | 'ps3vram'
  | 'xpram'
  | 'scm_blk'
  | 'lloop'
  | 'target_file'
  | 'mmc';

const memory = { start: '0x4f000000', end: '0x4f400000' };
const nvme: DeviceSpec = { driver: 'nvme', name: 'nvme0n1', sectors: SECTORS };

/** Disk drivers, by the file that the series changes. */
export const DISKS: Readonly<Record<string, Model>> = {
  'arch/powerpc/sysdev/axonram.c': alone({ driver: 'axonram', name: 'axonram0', ...memory }),
  'drivers/block/aoe/aoecmd.c': disk('aoe', 'e0.0'),
  'drivers/block/brd.c': disk('brd', 'ram0'),
  'drivers/block/drbd/drbd_main.c': {
    devices: [nvme, { driver: 'drbd', name: 'drbd0', device: 'nvme0n1' }],
    only: 'write',
  },
  'drivers/block/drbd/drbd_receiver.c': {
    devices: [nvme, { driver: 'drbd', name: 'drbd0', device: 'nvme0n1', diskless: true }],
    only: 'read',
  },
  'drivers/block/drbd/drbd_worker.c': {
    devices: [nvme, { driver: 'drbd', name: 'drbd0', device: 'nvme0n1', digest: true }],
    only: 'write',
  },
  'drivers/block/floppy.c': disk('floppy', 'fd0'),
  'drivers/block/loop.c': disk('loop', 'loop0'),
  'drivers/block/nbd.c': disk('nbd', 'nbd0'),
  'drivers/block/nvme-core.c': disk('nvme', 'nvme0n1'),
  'drivers/block/pktcdvd.c': {
    devices: [
      { driver: 'sd', name: 'sr0', sectors: SECTORS },
      { driver: 'pktcdvd', name: 'pktcdvd0', device: 'sr0' },
    ],
    only: 'write',
  },
  'drivers/block/pmem.c': alone({ driver: 'pmem', name: 'pmem1', ...memory }),
  'drivers/block/ps3disk.c': {
    // What pmem registers is what bvec_kmap_irq() can reach in v3.
    devices: [
      { driver: 'pmem', name: 'pmem0', start: '0x40000000', end: '0x50000000' },
      { driver: 'ps3disk', name: 'ps3da', sectors: SECTORS },
    ],
  },
  'drivers/block/ps3vram.c': disk('ps3vram', 'ps3vram'),
  'drivers/block/rbd.c': disk('rbd', 'rbd0'),
  'net/ceph/messenger.c': { ...disk('rbd', 'rbd0'), only: 'write' },
  'drivers/block/rsxx/dma.c': disk('rsxx', 'rsxx0'),
  'drivers/block/umem.c': disk('umem', 'umema'),
  'drivers/block/zram/zram_drv.c': disk('zram', 'zram0'),
  'drivers/mmc/card/queue.c': disk('mmc', 'mmcblk0'),
  'drivers/s390/block/dasd_diag.c': alone({
    driver: 'dasd',
    name: 'dasda',
    sectors: SECTORS,
    discipline: 'diag',
  }),
  'drivers/s390/block/dasd_eckd.c': alone({
    driver: 'dasd',
    name: 'dasda',
    sectors: SECTORS,
    discipline: 'eckd',
  }),
  'drivers/s390/block/dasd_fba.c': alone({
    driver: 'dasd',
    name: 'dasda',
    sectors: SECTORS,
    discipline: 'fba',
  }),
  'drivers/s390/block/dcssblk.c': alone({ driver: 'dcssblk', name: 'dcssblk0', ...memory }),
  'drivers/s390/block/scm_blk.c': disk('scm_blk', 'scma'),
  'drivers/s390/block/xpram.c': disk('xpram', 'slram0'),
  'drivers/scsi/mpt2sas/mpt2sas_transport.c': smp('mpt2sas'),
  'drivers/scsi/mpt3sas/mpt3sas_transport.c': smp('mpt3sas'),
  'drivers/staging/lustre/lustre/llite/lloop.c': disk('lloop', 'lloop0'),
  'drivers/target/target_core_file.c': disk('target_file', 'sdt'),
};

/** Two segments: the kind of request that is copied. */
function smp(controller: 'mpt2sas' | 'mpt3sas'): Model {
  const vecs = [
    { page: 0, offset: 0, len: 512 },
    { page: 2, offset: 0, len: 512 },
  ];
  return { ...alone({ driver: 'smp', name: 'expander-0', controller, sectors: 64 }), vecs };
}
