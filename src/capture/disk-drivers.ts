import type { QueueSpec } from '../model/queue-spec';

/** What a disk of a capture that does not say its size is taken for. */
export const ENOUGH_SECTORS = 2 ** 21;

/** To the block layer virtio-blk is what NVMe is, blk-mq over a disk that answers later, but one that merges. */
export const VIRTIO: QueueSpec = {
  nomerges: 0,
  sgGaps: false,
  noSgMerge: false,
  limits: { virt_boundary_mask: '0x0' },
};

const DRIVERS = [
  ['pmem', /^pmem\d+(\.\d+)?$/],
  ['brd', /^ram\d+$/],
  ['null_blk', /^nullb\d+$/],
  ['virtio', /^vd[a-z]+$/],
  ['nvme', /^nvme\d+n\d+$/],
  ['sd', /^sd[a-z]+$/],
  ['nbd', /^nbd\d+$/],
  ['zram', /^zram\d+$/],
  ['mmc', /^mmcblk\d+$/],
  ['rbd', /^rbd\d+$/],
  ['floppy', /^fd\d+$/],
  ['loop', /^loop\d+$/],
  ['dm', /^dm-\d+$/],
  ['md', /^md\w+$/],
] as const;

/** Whose disk it is, by the name the kernel gave it; `undefined` where no driver of ours makes such names. */
export function driverOfDisk(name: string): (typeof DRIVERS)[number][0] | undefined {
  return DRIVERS.find(([, pattern]) => pattern.test(name))?.[0];
}
