import type { DeviceSpec, DriverName } from '../../model/device-spec';
import type { Disk } from '../block/queue';
import type { Kernel } from '../kernel';

/** How a driver reaches the memory of a bio: what page-less memory does to it follows from it. */
export type MemoryAccess =
  /** The device reads and writes bus addresses of a scatterlist: no page is needed for the data itself. */
  | 'dma-sg'
  /** The driver maps each page for the device: its address is computed from the page. */
  | 'dma-page'
  /** The CPU maps each page: there must be one, or a kmap that knows device memory. */
  | 'kmap'
  /** An address from page_address(): touched by the CPU, or handed to a channel. */
  | 'page_address'
  /** Hands pages to a file system. */
  | 'stores-page'
  /** Hands pages to a socket, which may keep them. */
  | 'sendpage'
  /** Moves the data through memory of its own. */
  | 'copies'
  /** Only passes bios on: what is below decides. */
  | 'passes-on';

/** A driver: how it reaches memory, what disk it makes of a device of the spec, and how it is told apart. */
export interface Driver<D extends DriverName = DriverName> {
  readonly name: D;
  readonly access: MemoryAccess;
  /** What that means for a bio whose memory has no struct page, in a sentence. */
  readonly pageless: string;
  /** `id`: the disk's index in `kernel.bdevs`. Disks below it exist already; `find` gives a device by name. */
  probe(kernel: Kernel, spec: Extract<DeviceSpec, { driver: D }>, id: number, find: Find): Disk;
}

/** A device below: its index in `kernel.bdevs`, and its size in sectors. */
export interface Found {
  readonly bdev: number;
  readonly disk: Disk;
  readonly nr_sects: number;
  /** Puts bytes on it before the machine starts. `at`: byte of the device, which may be a partition. */
  readonly store: Disk['store'];
}
export type Find = (name: string) => Found;
