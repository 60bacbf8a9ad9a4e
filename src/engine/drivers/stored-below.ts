import type { Disk } from '../block/queue';
import type { Found } from './driver';

/** Where a sector of a stacked disk lies: sectors of devices below, by their index in `kernel.bdevs`. */
export type Places = (sector: number) => readonly (readonly [bdev: number, sector: number])[];

const SECTOR = 512;

/**
 * `Disk.store` of a disk that lies on others: what it is to hold before the machine starts goes where its sectors lie, without
 * any I/O. Absent where something below keeps nothing. `encode`: what a sector is kept as.
 */
export function storedBelow(
  below: readonly Found[],
  places: Places,
  encode: (sector: number, bytes: Uint8Array) => Uint8Array = (_sector, bytes) => bytes,
): Pick<Disk, 'store'> {
  const stores = new Map(below.map(({ bdev, store }) => [bdev, store]));
  if ([...stores.values()].includes(undefined)) return { store: undefined };
  return {
    store(at, bytes) {
      for (let done = 0; done < bytes.length; done += SECTOR) {
        const sector = (at + done) / SECTOR;
        const kept = encode(sector, bytes.subarray(done, done + SECTOR));
        for (const [bdev, to] of places(sector)) stores.get(bdev)!(to * SECTOR, kept);
      }
    },
  };
}
