import type { DeviceSpec } from '../model/device-spec';
import type { QueueSpec } from '../model/queue-spec';
import type { Storage } from '../model/memory-facts';
import { ENOUGH_SECTORS, VIRTIO, driverOfDisk } from './disk-drivers';
import type { Simulated } from './simulate-storage';
import { queueOfFiles, schedulerOf } from './sysfs-queue';

/** A disk that lies on no other. `known` is what the machine has of it already. */
export function leafOf(disk: Storage, known: DeviceSpec | undefined): Simulated {
  const { name, bytes, rotational } = disk;
  const assumed: string[] = [];
  const queue = queueOf(disk, known, assumed);
  if (known?.driver === 'pmem') return { device: { ...known, ...numberOf(disk), ...queue }, assumed };
  const driver = driverOfDisk(name);
  if (disk.limits?.['zoned'] !== undefined && disk.limits['zoned'] !== 'none')
    return `its zones (${String(disk.limits['zoned'])}) have no model`;
  if (bytes === 0)
    return driver === 'loop' ? 'no file is attached to it' : 'it has no size: no medium is in it';
  const before = known && 'sectors' in known ? known.sectors : undefined;
  if (bytes === undefined && before === undefined)
    assumed.push(`no capture says its size: it is given ${ENOUGH_SECTORS} sectors (1 GiB)`);
  const sectors = bytes === undefined ? (before ?? ENOUGH_SECTORS) : Math.floor(bytes / 512);
  const common = { name, ...numberOf(disk), ...queue };
  switch (driver) {
    case 'sd':
      return { device: { ...common, driver, sectors, ...(rotational === false ? { rpm: 0 } : {}) }, assumed };
    case 'loop':
      assumed.push('the file behind it lies in memory: no capture says on which disk it is');
      return { device: { ...common, driver, sectors }, assumed };
    case 'brd':
    case 'null_blk':
    case 'nvme':
    case 'nbd':
    case 'zram':
    case 'mmc':
    case 'rbd':
    case 'floppy':
      return { device: { ...common, driver, sectors }, assumed };
    case 'virtio':
      assumed.push('virtio-blk has no model of its own: it is simulated as an NVMe disk that merges');
      return { device: { ...common, driver: 'nvme', sectors, queue: asVirtio(queue.queue) }, assumed };
    case 'pmem':
      return 'no range of the memory map is known to be its memory: /proc/iomem and ndctl list tell';
    default:
      return noModel(disk);
  }
}

/** lsblk's numbers may be longer than any the model has. */
export function numberOf({ number }: Storage): { number?: string } {
  return number !== undefined && /^\d{1,4}:\d{1,7}$/.test(number) ? { number } : {};
}

/** What was captured counts; what only the description says, such as QUEUE_FLAG_PFN, stays. */
function queueOf(
  { limits = {} }: Storage,
  known: DeviceSpec | undefined,
  assumed: string[],
): { queue?: QueueSpec } {
  const queue = { ...known?.queue, ...queueOfFiles(limits) };
  const scheduler = limits['scheduler'];
  if (typeof scheduler === 'string') {
    const { name, model } = schedulerOf(scheduler);
    if (model === 'none' && name !== 'none') assumed.push(`its scheduler ${name} has no model: none is used`);
  }
  return Object.keys(queue).length > 0 ? { queue } : {};
}

const asVirtio = (queue: QueueSpec = {}): QueueSpec => ({
  ...VIRTIO,
  ...queue,
  limits: { ...VIRTIO.limits, ...queue.limits },
});

/** Whether it is the disk of a namespace in sector mode, by the name the kernel gives those. */
export const isBtt = (name: string) => /^pmem\d+(\.\d+)?s$/.test(name);

const NO_BTT = 'a BTT (ndctl: sector mode) lies between it and its memory, which has no model';

function noModel({ name, type }: Storage): string {
  if (isBtt(name)) return NO_BTT;
  if (type === 'rom') return 'optical drives have no model';
  return `no model of a driver that calls its disks ${name.replace(/\d.*$/, '')}…`;
}
