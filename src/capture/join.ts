import type { Arch, MachineSpec } from '../model/machine-spec';
import { phys } from '../model/address';
import type { Collected } from './collect';
import { rangesOfBoot } from './e820-map';
import { joinedDisks, joinedNamespaces, withNdctlPages } from './join-pmem';
import { joinedStorage } from './join-storage';
import { isBtt } from './simulate-disk';
import { simulatedStorage } from './simulate-storage';

/** What captures can say of a machine. */
export type MachineFacts = Pick<MachineSpec, 'memory' | 'devices' | 'storage' | 'dma'>;

/** Whether there is a memory map in it: without one, captures can only be added to a machine that has one. */
export function hasMap(collected: Collected): boolean {
  return collected.iomem !== undefined || (collected.boot?.maps.length ?? 0) > 0;
}

/**
 * Makes one machine of its captures. `base` is a machine they are added to: what they do not say stays as it is
 * there. Ranges come from iomem, else from the boot's messages, else from the base.
 */
export function joinMachine(collected: Collected, base?: MachineFacts): MachineFacts {
  const { iomem, boot, zoneinfo, ndctl } = collected;
  const bootRanges = base === undefined && boot && boot.maps.length > 0 ? rangesOfBoot(boot) : undefined;
  const printed = iomem?.ranges ?? bootRanges ?? base?.memory.ranges ?? [];
  const ranges = ndctl ? withNdctlPages(printed, ndctl) : [...printed];
  const firmware = boot?.maps[0];
  const { ranges: _old, ...before } = base?.memory ?? { ranges: [] };
  const captured = joinedStorage(collected, base?.storage ?? []);
  const disks = iomem || ndctl ? joinedDisks(ranges, ndctl) : [];
  const direct = disks.filter(({ name }) => !isBtt(name));
  // A disk behind a translation table is captured, but is not the memory it lies in.
  const behind = disks.filter(
    (disk) => !direct.includes(disk) && !captured.some((s) => s.name === disk.name),
  );
  const kept = (base?.devices ?? []).filter((device) => !disks.some((disk) => overlaps(disk, device)));
  const memory = {
    ...before,
    ranges,
    ...(firmware ? { e820: [...firmware.entries] } : {}),
    ...(zoneinfo && zoneinfo.zones.length > 0 ? { zones: [...zoneinfo.zones] } : {}),
    ...(ndctl ? { namespaces: joinedNamespaces(ndctl, ranges) } : {}),
    ...(boot?.swiotlb ? { swiotlb: { start: hexOf(boot.swiotlb.start), end: hexOf(boot.swiotlb.end) } } : {}),
  };
  const storageSaid = ndctl ?? iomem ?? collected.lsblk ?? collected.dmsetup ?? collected.queue;
  const all = [...captured, ...behind.map(({ name }) => ({ name }))];
  const known = [...direct, ...kept];
  const { devices, storage } = storageSaid
    ? simulatedStorage(all, known, memory)
    : { devices: known, storage: all };
  const dma = dmaOf(boot);
  return { memory, devices, ...(storage.length > 0 ? { storage } : {}), ...(dma ? { dma } : {}) };
}

type AnyDevice = NonNullable<MachineSpec['devices']>[number];

/** Two disks in the same memory are one disk, seen at two moments; so are two of one name. */
function overlaps(a: AnyDevice, b: AnyDevice): boolean {
  if (a.name === b.name) return true;
  if (a.driver !== 'pmem' || b.driver !== 'pmem') return false;
  return phys(a.start) < phys(b.end) && phys(b.start) < phys(a.end);
}

function hexOf(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A HighMem zone is of a 32-bit kernel; one with memory beyond 4 GiB needs PAE to reach it. */
export function archOf({ memory }: MachineFacts, collected: Collected): Arch | undefined {
  const zones = [...(memory.zones ?? []), ...(collected.zoneinfo?.placeless ?? [])];
  if (!zones.some((zone) => zone.name === 'HighMem')) return undefined;
  return memory.ranges.some((range) => phys(range.end) > 2 ** 32) ? 'x86-pae' : 'x86-32';
}

/** Words of a command line that choose DMA ops; the others are nobody's business here. */
const DMA_WORD = /^(?:iommu|swiotlb|intel_iommu|amd_iommu|iommu\.\w+)=/;

/** What boot messages say of DMA; nothing where they name neither hardware nor a parameter. */
function dmaOf(boot: Collected['boot']): MachineFacts['dma'] {
  const cmdline = (boot?.commandLine ?? '')
    .split(/\s+/)
    .filter((word) => DMA_WORD.test(word))
    .join(' ');
  if (!boot || (boot.hardware === undefined && cmdline === '' && !boot.swiotlb)) return undefined;
  return { hardware: boot.hardware ?? 'none', ...(cmdline === '' ? {} : { cmdline }) };
}
