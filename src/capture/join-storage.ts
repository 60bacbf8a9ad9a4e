import type { Storage } from '../model/memory-facts';
import type { Collected } from './collect';

/** The block devices of a machine: lsblk's tree with dm tables and queue limits put to the devices they are of. */
export function joinedStorage(collected: Collected, base: readonly Storage[]): Storage[] {
  const devices: Storage[] = (collected.lsblk?.map(({ storage }) => storage) ?? base).map((device) => ({
    ...device,
  }));
  const kernelNames = new Map(collected.lsblk?.map(({ kernelName, storage }) => [kernelName, storage.name]));
  const named = (name: string) => {
    const found = devices.find((device) => device.name === name);
    if (found) return found;
    const device: Storage = { name };
    devices.push(device);
    return device;
  };
  for (const [name, table] of collected.dmsetup ?? []) {
    // `dmsetup table NAME` does not print the name: with one dm device there is no doubt which it is.
    const dm = devices.filter(isDm);
    const device = name !== '' ? named(name) : dm.length === 1 ? dm[0]! : named('dm');
    device.table = [...table];
    device.on ??= [...new Set(table.flatMap(({ args }) => numbersIn(args)))].map(
      (number) => devices.find((other) => other.number === number)?.name ?? number,
    );
  }
  for (const [disk, limits] of collected.queue ?? []) {
    const dm = /^dm-(\d+)$/.exec(disk);
    const byNumber = dm && devices.find((device) => isDm(device) && device.number?.endsWith(`:${dm[1]!}`));
    const device = byNumber ?? named(kernelNames.get(disk) ?? disk);
    device.limits = { ...device.limits, ...limits };
  }
  return devices;
}

export function isDm({ type, table }: Storage): boolean {
  return table !== undefined || /^(dm|lvm|crypt|mpath)$/.test(type ?? '');
}

/** The devices that the arguments of a dm target name as major:minor. */
export function numbersIn(args: string): string[] {
  return args.split(/\s+/).filter((word) => /^\d{1,4}:\d{1,8}$/.test(word));
}
