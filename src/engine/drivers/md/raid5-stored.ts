import type { Raid5Layout } from '../../../model/device-spec';
import type { Disk } from '../../block/queue';
import { PhysicalBytes } from '../../memory/bytes';
import type { Found } from '../driver';
import { storedBelow } from '../stored-below';
import type { Member } from './array';
import { raid5_compute_sector } from './raid5-layout';

/** What an array of zeroes is to hold before the machine starts, with its parity. */
export function storedWithParity(
  layout: Raid5Layout,
  chunk: number,
  members: readonly Member[],
  found: readonly Found[],
): Pick<Disk, 'store'> {
  const place = (sector: number) => raid5_compute_sector(layout, chunk, members.length, sector);
  const on = (n: number, sector: number) => [members[n]!.bdev, members[n]!.offset + sector] as const;
  /** By sector of the array, and of its devices. */
  const [data, parity] = [new PhysicalBytes(), new PhysicalBytes()];
  const store = (to: (sector: number) => readonly [number, number]) =>
    storedBelow(found, (sector) => [to(sector)]).store;
  const storeData = store((sector) => on(place(sector).dd_idx, place(sector).sector));
  const storeParity = store((sector) => on(place(sector).pd_idx, place(sector).sector));
  if (!storeData || !storeParity) return {};
  return {
    store(at, bytes) {
      storeData(at, bytes);
      for (let done = 0; done < bytes.length; done += 512) {
        const row = place((at + done) / 512).sector * 512;
        const before = data.read(at + done, 512);
        const sum = parity.read(row, 512).map((byte, i) => byte ^ before[i]! ^ bytes[done + i]!);
        data.write(at + done, bytes.subarray(done, done + 512));
        parity.write(row, sum);
        storeParity(at + done, sum);
      }
    },
  };
}
