import type { Raid5Layout } from '../../../model/device-spec';

/** Where a row of an array has its parity, and where its n-th piece of data. */
interface Row {
  readonly pd_idx: number;
  /** The device of the n-th piece of data. */
  readonly dd_idx: (n: number) => number;
}

/** 4.1 `raid5_compute_sector`, for each algorithm. `row`: of the chunks; `disks`: of the array. */
function rowOf(layout: Raid5Layout, row: number, disks: number): Row {
  const data = disks - 1;
  const skip = (pd_idx: number): Row => ({ pd_idx, dd_idx: (n) => (n >= pd_idx ? n + 1 : n) });
  const turn = (pd_idx: number): Row => ({ pd_idx, dd_idx: (n) => (pd_idx + 1 + n) % disks });
  switch (layout) {
    case 'left-asymmetric':
      return skip(data - (row % disks));
    case 'right-asymmetric':
      return skip(row % disks);
    case 'left-symmetric':
      return turn(data - (row % disks));
    case 'right-symmetric':
      return turn(row % disks);
    case 'parity-first':
      return skip(0);
    case 'parity-last':
      return skip(data);
  }
}

export interface Place {
  /** Device, and sector on it. */
  readonly dd_idx: number;
  readonly sector: number;
  readonly pd_idx: number;
}

/** Where a sector of the array lies. */
export function raid5_compute_sector(layout: Raid5Layout, chunk: number, disks: number, at: number): Place {
  const number = Math.floor(at / chunk);
  const row = Math.floor(number / (disks - 1));
  const { pd_idx, dd_idx } = rowOf(layout, row, disks);
  return { dd_idx: dd_idx(number % (disks - 1)), sector: row * chunk + (at % chunk), pd_idx };
}

/** `compute_blocknr`: the array's sector of each device at a sector of theirs; 0 for the parity. */
export function sectorsOfStripe(
  layout: Raid5Layout,
  chunk: number,
  disks: number,
  sector: number,
): { readonly pd_idx: number; readonly sectors: number[] } {
  const row = Math.floor(sector / chunk);
  const { pd_idx, dd_idx } = rowOf(layout, row, disks);
  const sectors = new Array<number>(disks).fill(0);
  for (let n = 0; n < disks - 1; n++) sectors[dd_idx(n)] = (row * (disks - 1) + n) * chunk + (sector % chunk);
  return { pd_idx, sectors };
}
