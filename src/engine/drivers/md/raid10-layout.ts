import type { Raid10Layout } from '../../../model/device-spec';

/** `struct geom` of 4.1. Sectors of 512 bytes. */
export interface Geometry {
  readonly raid_disks: number;
  readonly near_copies: number;
  readonly far_copies: number;
  readonly far_offset: boolean;
  readonly chunk: number;
  /** From one far copy to the next, on each device. */
  readonly stride: number;
  /** Sectors of the array. */
  readonly size: number;
}

/** `setup_geo` and `calc_sectors`. `dev`: sectors each device gives. */
export function geometryOf(
  layout: Raid10Layout,
  copies: number,
  raid_disks: number,
  chunk: number,
  dev: number,
): Geometry {
  const near_copies = layout === 'near' ? copies : 1;
  const far_copies = layout === 'near' ? 1 : copies;
  const far_offset = layout === 'offset';
  const chunks = Math.floor((Math.floor(Math.floor(dev / chunk) / far_copies) * raid_disks) / near_copies);
  const used = Math.ceil((chunks * near_copies * far_copies) / raid_disks);
  const stride = far_offset ? chunk : Math.floor(used / far_copies) * chunk;
  return { raid_disks, near_copies, far_copies, far_offset, chunk, stride, size: chunks * chunk };
}

export interface Copy {
  readonly devnum: number;
  readonly addr: number;
}

/** `__raid10_find_phys`: every copy of a sector, in the kernel's order. */
export function raid10_find_phys(geo: Geometry, at: number): Copy[] {
  const copies: Copy[] = [];
  const chunk = Math.floor(at / geo.chunk) * geo.near_copies;
  let dev = chunk % geo.raid_disks;
  const stripe = Math.floor(chunk / geo.raid_disks) * (geo.far_offset ? geo.far_copies : 1);
  let sector = (at % geo.chunk) + stripe * geo.chunk;
  for (let n = 0; n < geo.near_copies; n++) {
    let devnum = dev;
    let addr = sector;
    copies.push({ devnum, addr });
    for (let far = 1; far < geo.far_copies; far++) {
      devnum = (devnum + geo.near_copies) % geo.raid_disks;
      addr += geo.stride;
      copies.push({ devnum, addr });
    }
    if (++dev >= geo.raid_disks) {
      dev = 0;
      sector += geo.chunk;
    }
  }
  return copies;
}
