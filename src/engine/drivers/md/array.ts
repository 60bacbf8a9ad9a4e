import type { Bio } from '../../block/tables';
import type { Find } from '../driver';
import type { Kernel } from '../../kernel';

/** A device of an array. Sectors. */
export interface Member {
  readonly bdev: number;
  readonly offset: number;
  readonly sectors: number;
  faulty: boolean;
}

interface LegSpec {
  readonly device: string;
  readonly offset?: number | undefined;
  readonly failed?: boolean | undefined;
}

export function membersOf(legs: readonly LegSpec[], find: Find): Member[] {
  return legs.map(({ device, offset = 0, failed = false }) => {
    const { bdev, nr_sects } = find(device);
    return { bdev, offset, sectors: nr_sects - offset, faulty: failed };
  });
}

/** `md_error`: takes a device out, and says so as the level does. */
export function md_error(
  kernel: Kernel,
  array: { readonly id: number; readonly name: string; readonly level: string },
  members: readonly Member[],
  at: number,
  bio: Bio | undefined,
  error: number,
): void {
  const member = members[at]!;
  if (member.faulty) return;
  member.faulty = true;
  const { trace } = kernel;
  const device = kernel.bdevs[member.bdev]!.name;
  const left = members.filter(({ faulty }) => !faulty).length;
  const rule = `md_error: ${device} ended a bio with ${error}: ${array.name} goes on without it`;
  trace.bio(trace.id.md_error, array.id, bio, 0, 0, 0, error, 0, trace.note(rule));
  const prefix = `md/${array.level}:${array.name}:`;
  trace.printk(array.id, bio, `${prefix} Disk failure on ${device}, disabling device.`);
  trace.printk(array.id, bio, `${prefix} Operation continuing on ${left} devices.`);
}
