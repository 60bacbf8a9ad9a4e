import { formatBytes } from '../model/address';
import type { Storage } from '../model/memory-facts';
import type { Collected } from './collect';
import { Findings, counted, type CrossFinding } from './finding';
import type { MachineFacts } from './join';
import { numbersIn } from './join-storage';

type Target = NonNullable<Storage['table']>[number];

/** Device-mapper tables against the sizes and the tree of lsblk; alignment; namespaces against their disks. */
export function checkStorage(
  { storage = [], memory }: MachineFacts,
  { lsblk, ndctl }: Collected,
): CrossFinding[] {
  const findings = new Findings();
  const slack = new Map(lsblk?.map((device) => [device.storage.name, device.sizeSlack]));
  const byNumber = new Map(
    storage.flatMap((device) => (device.number ? [[device.number, device] as const] : [])),
  );
  const off = (device: Storage) => slack.get(device.name) ?? 0;
  for (const device of storage) {
    if (device.table) checkTable(device, device.table, byNumber, off, findings);
    for (const assumption of device.assumed ?? [])
      findings.info(`${device.name}, assumed to simulate it: ${assumption}`);
    if (device.notSimulated !== undefined)
      findings.info(`${device.name} is not simulated: ${device.notSimulated}`);
    if (Number(device.limits?.['alignment_offset'] ?? 0) < 0)
      findings.warning(
        `${device.name} has the alignment_offset -1: the kernel could not line up its blocks with those of the devices below it`,
      );
  }
  for (const namespace of memory.namespaces ?? []) {
    const disk = storage.find((device) => device.name === namespace.device);
    if (disk?.bytes === undefined) continue;
    const rounded = ndctl?.namespaces.find((ns) => ns.name === namespace.name)?.size.slack ?? 0;
    if (Math.abs(disk.bytes - namespace.size) > off(disk) + rounded)
      findings.warning(
        `${disk.name} has ${counted(disk.bytes)} bytes in lsblk, but ${counted(namespace.size)} in ndctl (${namespace.name})`,
      );
    else
      findings.info(
        `${disk.name} has the same size in lsblk and in ndctl (${namespace.name}): ${formatBytes(disk.bytes)}`,
      );
  }
  return findings.list;
}

function checkTable(
  device: Storage,
  table: readonly Target[],
  byNumber: ReadonlyMap<string, Storage>,
  off: (device: Storage) => number,
  findings: Findings,
): void {
  const last = table.at(-1);
  const bytes = last ? (last.start + last.sectors) * 512 : 0;
  if (device.bytes !== undefined) {
    if (Math.abs(device.bytes - bytes) > off(device))
      findings.error(
        `${device.name} has ${counted(device.bytes)} bytes in lsblk, but its dm table ends at ${counted(bytes)}`,
      );
    else
      findings.info(
        `${device.name}: its dm table (${table.map((t) => t.type).join(', ') || 'empty'}) is as long as the device, ${formatBytes(bytes)}`,
      );
  }
  for (const target of table) {
    for (const need of needsOf(target)) {
      const below = byNumber.get(need.number);
      if (!below) {
        if (byNumber.size > 0)
          findings.warning(`${device.name} lies on ${need.number}, which lsblk does not list`);
        continue;
      }
      if (device.on && !device.on.includes(below.name))
        findings.warning(
          `the dm table of ${device.name} uses ${below.name} (${need.number}), but lsblk does not show it under that device`,
        );
      const end = need.sectors * 512;
      if (below.bytes !== undefined && end > below.bytes + off(below))
        findings.error(
          `${device.name} (${target.type}) reaches to byte ${counted(end)} of ${below.name}, which has ${counted(below.bytes)}`,
        );
    }
  }
}

/** The devices a target uses, and how many sectors each must have at least. */
function needsOf({ type, args, sectors }: Target): { number: string; sectors: number }[] {
  const words = args.split(/\s+/);
  if (type === 'linear') {
    const start = Number(words[1]);
    return /^\d+:\d+$/.test(words[0] ?? '') ? [{ number: words[0]!, sectors: (start || 0) + sectors }] : [];
  }
  if (type === 'striped') {
    const stripes = Number(words[0]);
    return words.slice(2).flatMap((word, i, rest) => {
      const start = Number(rest[i + 1]);
      return /^\d+:\d+$/.test(word) && stripes > 0
        ? [{ number: word, sectors: (start || 0) + sectors / stripes }]
        : [];
    });
  }
  return numbersIn(args).map((number) => ({ number, sectors: 0 }));
}
