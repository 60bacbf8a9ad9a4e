import type { DeviceSpec, DriverName } from '../../model/device-spec';
import { devicesBelow } from '../../model/devices-below';
import type { BlockDevice, Disk } from '../block/queue';
import type { Kernel } from '../kernel';
import { brd } from './brd';
import { dm } from './dm/dm';
import { addTargets, hasTarget } from './dm/targets';
import type { Driver, Find } from './driver';
import { loop } from './loop';
import { raid0 } from './md/raid0';
import { raid1 } from './md/raid1';
import { nullBlk } from './null-blk';
import { nvme } from './nvme';
import { pmem } from './pmem';
import { sd } from './sd';
import type { Uncommon, UncommonDriver } from './uncommon';

/** Drivers that are always there, by the name a spec calls them by. */
const common = {
  pmem,
  brd,
  null_blk: nullBlk,
  nvme,
  sd,
  loop,
  dm,
  raid0,
  raid1,
} as const satisfies {
  [D in Exclude<DriverName, UncommonDriver>]: Driver<D>;
};

const known = new Map<string, Driver>(Object.entries(common) as [string, Driver][]);

/** All others come when a machine has one of them: `addDrivers((await import('./uncommon')).uncommon)`. */
export function addDrivers({ drivers, targets }: Uncommon): void {
  for (const [name, driver] of Object.entries(drivers)) known.set(name, driver as Driver);
  addTargets(targets);
}

/** Whether all drivers of a machine's devices are there. */
export function hasDrivers(specs: readonly DeviceSpec[]): boolean {
  return specs.every(
    (spec) =>
      known.has(spec.driver) && (spec.driver !== 'dm' || spec.targets.every(({ type }) => hasTarget(type))),
  );
}

/** Of the drivers that are there. */
export const driverNames = (): string[] => [...known.keys()];

/** Throws where nobody has added it: a bug of ours. */
export function driverOf(name: DriverName): Driver {
  const driver = known.get(name);
  if (!driver) throw new Error(`the driver ${name} was not added`);
  return driver;
}

/**
 * The block devices of a machine: its disks in the order of the spec, then their partitions. A disk is made after those
 * it lies on. Throws RangeError for a device that is not there, or a stack that goes in a circle: a checked spec has neither.
 */
export function makeDevices(kernel: Kernel, specs: readonly DeviceSpec[]): BlockDevice[] {
  const { recorder } = kernel;
  for (const spec of specs) recorder.addDevice(spec.name);
  const bdevs: BlockDevice[] = [];
  const partitions = specs.flatMap((spec, i) =>
    (spec.partitions ?? []).map((partition) => ({
      ...partition,
      parent: i,
      id: recorder.addDevice(partition.name),
    })),
  );
  Object.assign(kernel, { bdevs });
  const index = new Map(specs.map((spec, i) => [spec.name, i]));
  const making = new Set<number>();

  const make = (i: number): Disk => {
    const known = bdevs[i];
    if (known) return known.disk;
    const spec = specs[i]!;
    if (making.has(i)) throw new RangeError(`${spec.name} lies on itself`);
    making.add(i);
    for (const below of devicesBelow(spec)) find(below);
    const driver = driverOf(spec.driver);
    const disk = driver.probe(kernel, spec, i, find);
    bdevs[i] = { name: spec.name, id: i, disk, start_sect: 0, nr_sects: disk.capacity };
    for (const { name, id, start, sectors } of partitions.filter((p) => p.parent === i))
      bdevs[id] = { name, id, disk, start_sect: start, nr_sects: sectors };
    return disk;
  };
  const find: Find = (name) => {
    const partition = partitions.find((p) => p.name === name);
    const i = partition?.parent ?? index.get(name);
    if (i === undefined) throw new RangeError(`there is no device named ${name}`);
    make(i);
    const bdev = bdevs[partition?.id ?? i]!;
    const { id: bdevId, disk, nr_sects, start_sect } = bdev;
    const { store } = disk;
    return {
      bdev: bdevId,
      disk,
      nr_sects,
      store: store && ((at, bytes) => store(start_sect * 512 + at, bytes)),
    };
  };
  specs.forEach((_, i) => make(i));
  return bdevs;
}
