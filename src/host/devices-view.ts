import { driverOf } from '../engine/drivers';
import type { Kernel } from '../engine/kernel';
import type { MemoryAccess } from '../engine/drivers/driver';
import { blk_queue_pfn, type Disk } from '../engine/block/queue';
import type { DeviceSpec } from '../model/device-spec';
import { devicesBelow } from '../model/devices-below';
import type { MachineSpec } from '../model/machine-spec';
import type { DeviceView, DevicesView, LimitView } from '../protocol/device-view';
import { limitFields, limitText } from './limit-text';

/** The block devices of a machine as its kernel made them, and those of its captures that nothing simulates. */
export function devicesView(spec: MachineSpec, kernel: Kernel): DevicesView {
  const specs = spec.devices ?? [];
  const assumed = new Map(spec.storage?.map((storage) => [storage.name, storage.assumed ?? []]));
  const list = specs.flatMap((device, id): DeviceView[] => {
    const { disk } = kernel.bdevs[id]!;
    const { access, pageless } = driverOf(device.driver);
    const reach = { access: ACCESS[access], pageless, pfn: takesPfn(kernel, disk) };
    const bytes = (sectors: number) => sectors * 512;
    return [
      {
        name: device.name,
        kind: kindOf(device),
        size: bytes(disk.capacity),
        on: [...new Set(devicesBelow(device))],
        ...reach,
        limits: limitsOf(kernel, spec, device, disk),
        assumed: assumed.get(device.name) ?? [],
      },
      ...(device.partitions ?? []).map(({ name, start, sectors }) => ({
        name,
        kind: `partition from sector ${start}`,
        size: bytes(sectors),
        on: [device.name],
        ...reach,
        limits: [],
        assumed: assumed.get(name) ?? [],
      })),
    ];
  });
  return { list, refused: [], notSimulated: notSimulated(spec) };
}

/** What is shown of devices that no kernel could make: the reasons. */
export function refusedDevices(spec: MachineSpec, refused: readonly string[]): DevicesView {
  return { list: [], refused: [...refused], notSimulated: notSimulated(spec) };
}

function notSimulated({ storage = [] }: MachineSpec): DevicesView['notSimulated'] {
  return storage.flatMap(({ name, type, notSimulated: why }) =>
    why === undefined ? [] : [{ name, kind: type ?? '', why }],
  );
}

const ACCESS: Readonly<Record<MemoryAccess, string>> = {
  'dma-sg': 'by DMA: scatterlist',
  'dma-page': 'by DMA: each page mapped by itself',
  kmap: 'by the CPU: kmap, page by page',
  page_address: 'by page_address() of each page',
  'stores-page': 'through a file system, which gets the pages',
  sendpage: 'through a socket, which gets the pages',
  copies: 'by copies in memory of its own',
  'passes-on': 'not itself: it passes bios on',
};

function kindOf(device: DeviceSpec): string {
  if (device.driver !== 'dm') return device.driver;
  return `dm: ${[...new Set(device.targets.map(({ type }) => type))].join(', ')}`;
}

function takesPfn({ posting }: Kernel, { queue }: Disk): string {
  if (!posting.hasPfnBios) return `no: ${posting.label} has no pfn bios`;
  return blk_queue_pfn(queue) ? 'yes: QUEUE_FLAG_PFN' : 'no';
}

function limitsOf(
  kernel: Kernel,
  { kernel: choice }: MachineSpec,
  device: DeviceSpec,
  disk: Disk,
): LimitView[] {
  const written = device.queue?.limits ?? {};
  const taken = new Map(
    kernel.stackedLimits.filter((change) => change.disk === disk.id).map((change) => [change.field, change]),
  );
  return limitFields(choice.flavour).map((field) => {
    const value = disk.queue.limits[field];
    const last = taken.get(field);
    const because =
      field in written
        ? 'the machine’s description'
        : last?.after === value
          ? last.culprit
          : last
            ? device.driver
            : '';
    return { field, value: limitText(field, value), because };
  });
}
