import { formatBytes } from '../model/address';
import { namespaceCost } from '../model/namespace-cost';
import type { Collected } from './collect';
import { Findings, counted, type CrossFinding } from './finding';
import type { MachineFacts } from './join';
import { agrees, placesOf, type Place } from './join-pmem';
import type { NdctlNamespace } from './ndctl';
import { shown } from './spans';

/** Namespaces of ndctl against the ranges of iomem: what is where, and why a device is smaller than its range. */
export function checkPmem({ memory }: MachineFacts, { ndctl, iomem }: Collected): CrossFinding[] {
  const findings = new Findings();
  if (!ndctl) return findings.list;
  const places = placesOf(memory.ranges);
  for (const namespace of ndctl.namespaces) {
    const place = places.get(namespace.name);
    const { name, mode } = namespace;
    if (namespace.size.slack > 0)
      findings.info(`${name}: its size was printed rounded (-u); "ndctl list" without -u prints it in bytes`);
    if (place && agrees(namespace, place)) checkSize(namespace, place, findings);
    else if (place && namespace.disabled)
      findings.warning(
        `ndctl says ${name} is disabled, but iomem has it at ${shown(place)}: taken at different times`,
      );
    else if (place)
      findings.warning(
        place.dax
          ? `ndctl says ${name} is ${mode}, but iomem has a dax device behind it: taken at different times, so what ndctl says of it is not used`
          : `ndctl says ${name} is devdax, but iomem has no dax device behind it: taken at different times, or the dax device has no driver`,
      );
    else if (iomem && !namespace.disabled)
      findings.warning(
        `ndctl lists ${name} (${mode}), but /proc/iomem has no range of this name: taken at different times`,
      );
    else if (!namespace.disabled)
      findings.info(`${name}: ndctl does not print where a namespace lies; /proc/iomem does`);
  }
  for (const [name, place] of places)
    if (!ndctl.namespaces.some((ns) => ns.name === name))
      findings.warning(
        `iomem has ${name} at ${shown(place)}, but ndctl does not list it: taken at different times, or another region was listed`,
      );
  for (const dax of ndctl.dax) {
    for (const mapping of dax.mappings) {
      const place = [...places].find(([name]) => name === dax.name.replace('dax', 'namespace'))?.[1].dax;
      if (place && (place.start !== mapping.start || place.end !== mapping.end))
        findings.warning(`daxctl has ${dax.name} at ${shown(mapping)}, but iomem at ${shown(place)}`);
      else if (place) findings.info(`daxctl and iomem both have ${dax.name} at ${shown(place)}`);
    }
  }
  return findings.list;
}

function checkSize(namespace: NdctlNamespace, place: Place, findings: Findings): void {
  const { name, mode, map, size, device } = namespace;
  const range = place.end - place.start;
  const less = range - size.bytes;
  const uses = `${name} is ${mode}${map ? `, map=${map}` : ''}`;
  const both = `${device ?? 'its device'} has ${formatBytes(size.bytes)} of the ${formatBytes(range)} at ${shown(place)}`;
  if (less < -size.slack) {
    findings.error(
      `${uses}: ndctl gives it ${formatBytes(size.bytes)}, more than the ${formatBytes(range)} that iomem has for it at ${shown(place)}`,
    );
    return;
  }
  if (place.dax && Math.abs(place.dax.end - place.dax.start - size.bytes) > size.slack)
    findings.warning(
      `${uses}: ndctl gives it ${formatBytes(size.bytes)}, but its dax device in iomem has ${formatBytes(place.dax.end - place.dax.start)}`,
    );
  if (Math.abs(less) <= size.slack) {
    findings.info(
      `${uses}: ${device ?? 'its device'} has all ${formatBytes(range)} at ${shown(place)}${reason(namespace)}`,
    );
    return;
  }
  const expected =
    mode === 'raw'
      ? range
      : mode === 'sector' || map
        ? namespaceCost(range, { mode, map: map ?? 'none' }, 64).usable
        : undefined;
  const fits = expected !== undefined && Math.abs(expected - size.bytes) <= size.slack;
  if (fits) findings.info(`${uses}: ${both}. ${explained(namespace, range, less)}`);
  else
    findings.warning(
      `${uses}: ${both}, ${counted(less)} bytes less, which the usual overhead of this mode does not explain`,
    );
}

function reason({ mode, map }: NdctlNamespace): string {
  if (mode === 'raw') return ': a raw namespace has no metadata and no struct pages';
  return mode === 'fsdax' && map === 'mem'
    ? ': no info block lies on it; the kernel makes struct pages in RAM by itself for memory that e820 calls persistent'
    : '';
}

function explained({ mode, map }: NdctlNamespace, range: number, less: number): string {
  const gone = formatBytes(less);
  if (mode === 'sector') return `${gone} are taken by the BTT: its info blocks, map, log and spare blocks`;
  const pages = Math.floor(range / 4096);
  const head =
    map === 'dev'
      ? `${counted(pages)} struct pages of 64 bytes (${formatBytes(pages * 64)}) and the 8 KiB info block lie at its head`
      : 'the 8 KiB info block lies at its head (the struct pages are in RAM)';
  return `${head}, and the data starts and ends at multiples of 2 MiB: ${gone} less`;
}
