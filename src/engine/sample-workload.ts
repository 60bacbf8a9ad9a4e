import { PAGE_SIZE, hex } from '../model/address';
import type { DeviceSpec } from '../model/device-spec';
import { devicesBelow } from '../model/devices-below';
import type { BioscopeDocument, MachineSpec } from '../model/machine-spec';
import type { Io } from '../model/workload-spec';
import { PhysicalMap } from './memory/physical-map';
import { postingOf } from './posting';

/**
 * A first workload for a machine that has none: what the series is about, on its first disk. A write from
 * RAM and its read back, and one down its tallest stack; then, with the series, the same from memory without pages, asked for and forced.
 */
export function sampleWorkload(spec: MachineSpec): Io[] {
  const disk = spec.devices?.[0];
  const map = new PhysicalMap(spec);
  const ram = map.extents.find((e) => e.kind === 'ram' && e.start >= 0x100000);
  if (!disk || !ram) return [];
  const vecs = (first: number, lengths: readonly number[]) =>
    lengths.map((len, i) => ({ pfn: hex(first + i), offset: 0, len }));
  const page = Math.ceil(ram.start / PAGE_SIZE);
  const workload: Io[] = [
    {
      op: 'write',
      device: disk.name,
      sector: 0,
      add: 'bio_add_page',
      vecs: vecs(page, [4096, 4096, 2048]),
      fill: 1,
    },
    {
      op: 'read',
      device: disk.name,
      sector: 0,
      add: 'bio_add_page',
      vecs: vecs(page + 16, [4096, 4096, 2048]),
    },
  ];
  const top = topOfStack(spec.devices ?? []);
  if (top)
    workload.push({ op: 'write', device: top, sector: 0, add: 'bio_add_page', vecs: vecs(page, [4096]) });
  const pageless = map.extents.find(
    (e) => e.kind === 'pmem' && e.page === 'none' && e.end - e.start >= 16 * PAGE_SIZE,
  );
  if (!pageless || !postingOf(spec.kernel).hasPfnBios) return workload;
  const device = Math.ceil(pageless.end / PAGE_SIZE) - 8;
  workload.push(
    { op: 'write', device: disk.name, sector: 64, add: 'bio_add_pfn', vecs: vecs(device, [4096, 4096]) },
    { op: 'write', device: disk.name, sector: 64, add: 'by-hand', vecs: vecs(device, [4096, 4096]) },
  );
  return workload;
}

/** The last device that lies on others and carries none: the way down is longest from there. */
function topOfStack(devices: readonly DeviceSpec[]): string | undefined {
  const carrying = new Set(devices.flatMap(devicesBelow));
  const tops = devices.filter(({ name, partitions = [], driver }) => {
    const free = [name, ...partitions.map((part) => part.name)].every((below) => !carrying.has(below));
    return free && (driver === 'dm' || driver === 'raid0' || driver === 'raid1');
  });
  return tops.at(-1)?.name;
}

/** A document with a first workload; a machine without any disk gets a RAM disk to run it on. */
export function withFirstWorkload(document: BioscopeDocument): BioscopeDocument {
  const { machine } = document;
  const devices = machine.devices?.length
    ? machine.devices
    : [{ name: 'ram0', driver: 'brd' as const, sectors: 131072 }];
  const ready = { ...machine, devices };
  return { ...document, machine: ready, workload: sampleWorkload(ready) };
}
