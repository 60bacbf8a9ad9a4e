import { PAGE_SIZE, hex } from '../model/address';
import type { BioscopeDocument, MachineSpec } from '../model/machine-spec';
import type { Io } from '../model/workload-spec';
import { PhysicalMap } from './memory/physical-map';

/**
 * A first workload for a machine that has none: what the series is about, on its first disk. A write from
 * RAM and its read back; then, with the series, the same from memory without pages, asked for and forced.
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
  const pageless = map.extents.find(
    (e) => e.kind === 'pmem' && e.page === 'none' && e.end - e.start >= 16 * PAGE_SIZE,
  );
  if (!pageless || spec.kernel.flavour === '4.1') return workload;
  const device = Math.ceil(pageless.end / PAGE_SIZE) - 8;
  workload.push(
    { op: 'write', device: disk.name, sector: 64, add: 'bio_add_pfn', vecs: vecs(device, [4096, 4096]) },
    { op: 'write', device: disk.name, sector: 64, add: 'by-hand', vecs: vecs(device, [4096, 4096]) },
  );
  return workload;
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
