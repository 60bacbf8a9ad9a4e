import type { LsblkDevice } from './lsblk';
import type { NdctlCapture } from './ndctl';
import type { QueueLimits } from './queue-limits';
import { FORMATS, type Format, type Part, type Values } from './recognise';

/** All captures of one machine: at most one of each format, those that can be added up added up. */
export interface Collected extends Partial<Values> {
  /** Which file gave which format, in the order they were read. */
  readonly files: readonly { readonly file: string; readonly format: Format }[];
  /** What was given and is not used. */
  readonly unused: readonly string[];
}

export function collect(parts: readonly Part[]): Collected {
  const unused: string[] = [];
  const of = <F extends Format>(format: F) => parts.filter((part) => part.format === format) as Part<F>[];
  const last = <F extends 'iomem' | 'boot' | 'zoneinfo'>(format: F): Values[F] | undefined => {
    const used = of(format).at(-1);
    for (const part of of(format).slice(0, -1))
      unused.push(`${part.file} is not used: ${used!.file} is ${FORMATS[format].what} too, and came later`);
    return used?.value;
  };
  const all = <F extends Format>(format: F): Values[F][] => of(format).map((part) => part.value);
  const [iomem, boot, zoneinfo] = [last('iomem'), last('boot'), last('zoneinfo')];
  const [ndctl, lsblk, dmsetup, queue] = [all('ndctl'), all('lsblk'), all('dmsetup'), all('queue')];
  return {
    ...(iomem ? { iomem } : {}),
    ...(boot ? { boot } : {}),
    ...(zoneinfo ? { zoneinfo } : {}),
    ...(ndctl.length > 0 ? { ndctl: addedNdctl(ndctl) } : {}),
    ...(lsblk.length > 0 ? { lsblk: addedLsblk(lsblk.flat()) } : {}),
    ...(dmsetup.length > 0 ? { dmsetup: new Map(dmsetup.flatMap((tables) => [...tables])) } : {}),
    ...(queue.length > 0 ? { queue: addedLimits(queue) } : {}),
    files: parts.map(({ file, format }) => ({ file, format })),
    unused,
  };
}

/** By name; what is said later counts, but a rounded size never replaces an exact one. */
function addedNdctl(all: readonly NdctlCapture[]): NdctlCapture {
  const merge = <T extends { name: string; size: { slack: number } }>(lists: readonly T[]): T[] => {
    const byName = new Map<string, T>();
    for (const item of lists) {
      const before = byName.get(item.name);
      const exact = before && before.size.slack < item.size.slack ? { size: before.size } : {};
      byName.set(item.name, { ...before, ...item, ...exact });
    }
    return [...byName.values()];
  };
  const namespaces = new Map(merge(all.flatMap((one) => one.namespaces)).map((ns) => [ns.name, ns]));
  for (const { namespaces: list } of all) {
    for (const ns of list) {
      const now = namespaces.get(ns.name);
      // Another mode is another namespace: nothing of the old one holds for it.
      if (now && (now.mode !== ns.mode || now.map !== ns.map)) {
        const latest = all.flatMap((one) => one.namespaces).filter((other) => other.name === ns.name);
        namespaces.set(ns.name, latest.at(-1)!);
      }
    }
  }
  return {
    namespaces: [...namespaces.values()],
    regions: merge(all.flatMap((one) => one.regions)),
    dax: merge(all.flatMap((one) => one.dax)),
  };
}

/** `lsblk -J` and `lsblk -t` of one machine: by number where both print it, else by name. */
function addedLsblk(all: readonly LsblkDevice[]): LsblkDevice[] {
  const merged: LsblkDevice[] = [];
  const index = new Map<string, number>();
  for (const next of all) {
    const { name, number } = next.storage;
    const at = (number === undefined ? undefined : index.get(number)) ?? index.get(`name ${name}`);
    const before = at === undefined ? undefined : merged[at];
    if (
      at === undefined ||
      !before ||
      (number !== undefined && (before.storage.number ?? number) !== number)
    ) {
      index.set(`name ${name}`, merged.length);
      if (number !== undefined) index.set(number, merged.length);
      merged.push(next);
      continue;
    }
    const keep =
      before.storage.bytes !== undefined &&
      (next.storage.bytes === undefined || before.sizeSlack < next.sizeSlack);
    merged[at] = {
      kernelName: before.kernelName === before.storage.name ? next.kernelName : before.kernelName,
      sizeSlack: keep ? before.sizeSlack : next.sizeSlack,
      storage: {
        ...before.storage,
        ...next.storage,
        ...(keep ? { bytes: before.storage.bytes } : {}),
        ...limitsOf({ ...before.storage.limits, ...next.storage.limits }),
      },
    };
  }
  return merged;
}

function limitsOf(limits: Record<string, number | string>): { limits?: Record<string, number | string> } {
  return Object.keys(limits).length > 0 ? { limits } : {};
}

function addedLimits(all: readonly QueueLimits[]): QueueLimits {
  const merged = new Map<string, Record<string, number | string>>();
  for (const limits of all)
    for (const [disk, values] of limits) merged.set(disk, { ...merged.get(disk), ...values });
  return merged;
}
