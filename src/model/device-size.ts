import { phys } from './address';
import type { DeviceSpec } from './device-spec';

/** Sectors of every disk and partition, as the drivers count them. 0 where there is nothing, or a stack goes in a circle. */
export function deviceSizes(devices: readonly DeviceSpec[]): ReadonlyMap<string, number> {
  const specs = new Map(devices.map((device) => [device.name, device]));
  const sizes = new Map<string, number>();
  for (const { partitions = [] } of devices)
    for (const { name, sectors } of partitions) sizes.set(name, sectors);
  const sizeOf = (name: string): number => {
    const known = sizes.get(name);
    const spec = specs.get(name);
    if (known !== undefined || !spec) return known ?? 0;
    sizes.set(name, 0);
    const size = Math.max(capacityOf(spec, sizeOf), 0);
    sizes.set(name, size);
    return size;
  };
  for (const { name } of devices) sizeOf(name);
  return sizes;
}

function capacityOf(device: DeviceSpec, sizeOf: (name: string) => number): number {
  switch (device.driver) {
    case 'pmem':
    case 'axonram':
    case 'dcssblk':
      return Math.floor((phys(device.end) - phys(device.start)) / 512);
    case 'drbd':
      return sizeOf(device.device);
    case 'pktcdvd':
      return Math.floor(sizeOf(device.device) / 128) * 128;
    case 'dm':
      return Math.max(...device.targets.map(({ start, sectors }) => start + sectors));
    case 'raid5':
    case 'raid10': {
      const rooms = device.devices.map((leg) => sizeOf(leg.device) - (leg.offset ?? 0));
      const chunks = Math.floor((device.sectors ?? Math.min(...rooms)) / device.chunk);
      if (device.driver === 'raid5') return chunks * device.chunk * (rooms.length - 1);
      const [near, far] = device.layout === 'near' ? [device.copies, 1] : [1, device.copies];
      return Math.floor((Math.floor(chunks / far) * rooms.length) / near) * device.chunk;
    }
    case 'raid0':
    case 'raid1': {
      const rooms = device.devices.map((leg) => sizeOf(leg.device) - (leg.offset ?? 0));
      if (device.driver === 'raid1') return device.sectors ?? Math.min(...rooms);
      const { chunk, sectors = Infinity } = device;
      return rooms.reduce((sum, room) => sum + Math.min(Math.floor(room / chunk) * chunk, sectors), 0);
    }
    case 'tier':
    case 'bcache':
    case 'dm-writecache':
    case 'dm-cache':
      // bcache keeps its superblock in front of the data of the slow disk.
      return sizeOf(device.origin) - (device.driver === 'bcache' ? 16 : 0);
    default:
      return device.sectors;
  }
}
