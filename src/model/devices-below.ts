import type { DeviceSpec } from './device-spec';
import type { DmTarget } from './target-spec';

/** Names of the devices that a target lies on, those of its data first. */
function devicesOf(target: DmTarget): string[] {
  switch (target.type) {
    case 'striped':
      return target.stripes.map((leg) => leg.device);
    case 'mirror':
      return target.legs.map((leg) => leg.device);
    case 'verity':
      return [target.device, target.hashDevice];
    case 'log-writes':
      return [target.device, target.log];
    default:
      return [target.device];
  }
}

/** Names of the devices that one lies on, in the order its own description lists them. */
export function devicesBelow(device: DeviceSpec): string[] {
  switch (device.driver) {
    case 'dm':
      return device.targets.flatMap(devicesOf);
    case 'raid0':
    case 'raid1':
    case 'raid10':
    case 'raid5':
      return device.devices.map((leg) => leg.device);
    case 'tier':
    case 'bcache':
    case 'dm-writecache':
    case 'dm-cache':
      return [device.cache, device.origin];
    case 'drbd':
    case 'pktcdvd':
      return [device.device];
    case 'loop':
      return device.backing === undefined ? [] : [device.backing];
    default:
      return [];
  }
}
