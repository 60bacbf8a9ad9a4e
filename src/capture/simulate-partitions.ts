import type { DeviceSpec } from '../model/device-spec';
import type { Storage } from '../model/memory-facts';
import { numberOf } from './simulate-disk';

type Partition = NonNullable<DeviceSpec['partitions']>[number];

export interface Partitions {
  readonly partitions: Partition[];
  readonly assumed: ReadonlyMap<string, string[]>;
  readonly refused: ReadonlyMap<string, string>;
}

/** What partitioning tools align to, in sectors; and what is left where they did not. */
const STEPS = [2048, 8, 1] as const;

/** Places the partitions of a disk: where lsblk says, else one after another as tools do it. */
export function partitionsOf(parts: readonly Storage[], diskSectors: number): Partitions {
  const assumed = new Map<string, string[]>();
  const refused = new Map<string, string>();
  const sized = parts.filter((part) => {
    if (part.bytes !== undefined && part.bytes >= 512) return true;
    refused.set(part.name, 'no capture says its size');
    return false;
  });
  const fits = (list: readonly Partition[]) => list.every((p) => p.start + p.sectors <= diskSectors);
  const tries = STEPS.map((step) => placed(sized, step));
  const partitions = tries.find(fits) ?? tries.at(-1)!;
  for (const { name, start } of sized) {
    if (start !== undefined) continue;
    const at = partitions.find((partition) => partition.name === name)!.start;
    assumed.set(name, [`no capture says where it starts: sector ${at} is taken`]);
  }
  return { partitions, assumed, refused };
}

function placed(parts: readonly Storage[], step: number): Partition[] {
  let free = step;
  return parts.map((part) => {
    const start = part.start ?? Math.ceil(free / step) * step;
    const sectors = Math.floor((part.bytes ?? 0) / 512);
    free = start + sectors;
    return { name: part.name, ...numberOf(part), start, sectors };
  });
}
