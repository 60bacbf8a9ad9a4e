import type { DeviceSpec } from '../model/device-spec';
import { devicesBelow } from '../model/devices-below';
import type { Storage } from '../model/memory-facts';
import { targetOf } from './dm-target';
import { numberOf } from './simulate-disk';
import type { Simulated } from './simulate-storage';

/** A device that lies on others: of its table, or of the level that lsblk names. Its limits follow from what is below. */
export function stackOf(
  stack: Storage,
  captured: readonly Storage[],
  sizes: ReadonlyMap<string, number>,
): Simulated {
  const { type = '', name } = stack;
  if (stack.table !== undefined || !/^(raid\d+|linear)$|^$/.test(type)) return mapped(stack, captured, sizes);
  const legs = (stack.on ?? []).map((device) => ({ device, sectors: sizes.get(device) }));
  if (type === 'raid1') return mirror(stack, legs);
  if (type === 'raid0') return striped(stack, legs);
  if (type === '' && /^dm-/.test(name)) return NO_TABLE;
  return type === '' ? 'no capture says which RAID level it has: lsblk tells' : `md ${type} has no model`;
}

const NO_TABLE = 'its dm table was not captured: sudo dmsetup table';

function mapped(stack: Storage, captured: readonly Storage[], sizes: ReadonlyMap<string, number>): Simulated {
  const { name, table } = stack;
  if (!table) return NO_TABLE;
  if (table.length === 0) return 'its dm table is empty';
  const named = (number: string) => captured.find((other) => other.number === number)?.name ?? number;
  const targets = [];
  for (const { args, ...line } of table) {
    const target = targetOf({ ...line, args: args.split(/\s+/) }, named);
    if (!target) return `dm-${line.type} has no model`;
    targets.push(target);
  }
  const device: DeviceSpec = { name, ...numberOf(stack), driver: 'dm', targets };
  const below = devicesBelow(device).map((leg) => ({ device: leg, sectors: sizes.get(leg) }));
  return missing(below) ?? { device, assumed: [] };
}

interface Leg {
  readonly device: string;
  /** `undefined` where it is not simulated. */
  readonly sectors: number | undefined;
}

function missing(legs: readonly Leg[]): string | undefined {
  if (legs.length === 0) return 'no capture says which devices it lies on: lsblk tells';
  const gone = [...new Set(legs.flatMap(({ device, sectors }) => (sectors === undefined ? [device] : [])))];
  return gone.length > 0 ? `it lies on ${gone.join(', ')}, which is not simulated` : undefined;
}

/** What a leg has more than the array uses of it is taken to lie before the data, as md's superblock mostly does. */
function offsets(
  legs: readonly Leg[],
  used: number,
  assumed: string[],
): { device: string; offset: number }[] {
  return legs.map(({ device, sectors = 0 }) => {
    const offset = Math.max(Math.floor((sectors - used) / 8) * 8, 0);
    assumed.push(`no capture says where its data start on ${device}: sector ${offset} is taken`);
    return { device, offset };
  });
}

function mirror(stack: Storage, legs: readonly Leg[]): Simulated {
  const gone = missing(legs);
  if (gone !== undefined) return gone;
  const assumed: string[] = [];
  const smallest = Math.min(...legs.map(({ sectors = 0 }) => sectors));
  if (stack.bytes === undefined)
    assumed.push('no capture says its size: that of its smallest device is taken');
  const sectors = stack.bytes === undefined ? smallest : Math.floor(stack.bytes / 512);
  const devices = offsets(legs, sectors, assumed);
  return { device: { name: stack.name, ...numberOf(stack), driver: 'raid1', devices, sectors }, assumed };
}

/** mdadm's own chunk where none is given: 512 KiB. Sectors. */
const DEFAULT_CHUNK = 1024;

function striped(stack: Storage, legs: readonly Leg[]): Simulated {
  const gone = missing(legs);
  if (gone !== undefined) return gone;
  const assumed: string[] = [];
  const io_min = stack.limits?.['minimum_io_size'];
  const known = typeof io_min === 'number' && io_min >= 4096 && io_min % 512 === 0;
  if (!known) assumed.push('no capture says its chunk: 512 KiB is taken');
  const chunk = known ? io_min / 512 : DEFAULT_CHUNK;
  const share = Math.floor(Math.floor((stack.bytes ?? 0) / 512) / legs.length);
  const base = { name: stack.name, ...numberOf(stack), driver: 'raid0' as const, chunk };
  const equal = share > 0 && share % chunk === 0 && legs.every(({ sectors = 0 }) => sectors >= share);
  if (equal) return { device: { ...base, devices: offsets(legs, share, assumed), sectors: share }, assumed };
  assumed.push('its size is no equal share of its devices: their data are taken to start at sector 0');
  const device: DeviceSpec = { ...base, devices: legs.map((leg) => ({ device: leg.device })) };
  return { device, assumed };
}
