import { checkBoot } from './check-boot';
import { checkPmem } from './check-pmem';
import { checkStorage } from './check-storage';
import { checkZones } from './check-zones';
import type { Collected } from './collect';
import type { CrossFinding } from './finding';
import type { MachineFacts } from './join';
import { isDm } from './join-storage';
import { placesOf } from './join-pmem';
import { FORMATS, type Format } from './recognise';

const RANK = { error: 0, warning: 1, info: 2 } as const;

/**
 * Holds what captures say of one machine against each other. `collected` is what they were; without it the machine
 * alone is checked. The gravest first; every finding is true of the captures, none is a guess.
 */
export function crossCheck(
  facts: MachineFacts,
  collected: Collected = { files: [], unused: [] },
): CrossFinding[] {
  return [
    ...collected.unused.map((message) => ({ severity: 'warning' as const, message })),
    ...checkBoot(facts, collected),
    ...checkZones(facts, collected),
    ...checkPmem(facts, collected),
    ...checkStorage(facts, collected),
    ...missing(facts, collected),
  ].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** What is not known, and the command that prints it. */
function missing({ memory, storage = [] }: MachineFacts, collected: Collected): CrossFinding[] {
  const brings = (format: Format, what: string): CrossFinding => ({
    severity: 'info',
    message: `${what}: ${FORMATS[format].command}`,
  });
  const findings: CrossFinding[] = [];
  const fromBoot = collected.boot !== undefined && collected.iomem === undefined;
  if (memory.ranges.length === 0) findings.push(brings('iomem', 'the memory map is unknown'));
  else if (fromBoot && memory.ranges.length > 0)
    findings.push(
      brings('iomem', 'the memory map is the one of the boot: devices and namespaces are missing'),
    );
  if (!memory.zones) findings.push(brings('zoneinfo', 'zones are unknown'));
  if (!memory.e820)
    findings.push(brings('boot', "the firmware's map (e820) and the swiotlb pool are unknown"));
  if (!memory.namespaces && placesOf(memory.ranges).size > 0)
    findings.push(
      brings('ndctl', 'modes of the namespaces are unknown, so where their struct pages are is assumed'),
    );
  if (!storage.some((device) => device.number !== undefined))
    findings.push(brings('lsblk', 'the block devices are unknown'));
  if (storage.some((device) => isDm(device) && !device.table))
    findings.push(brings('dmsetup', 'tables of the device-mapper devices are unknown'));
  if (!storage.some((device) => device.limits?.['max_segments'] !== undefined))
    findings.push(brings('queue', 'limits of the request queues are unknown'));
  return findings;
}
