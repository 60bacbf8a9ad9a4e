import type { DeviceSpec, DriverName } from '../../../../src/model/device-spec';
import { devicesBelow } from '../../../../src/model/devices-below';
import type { DmTarget } from '../../../../src/model/target-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';

/** What some drivers cannot do, by driver or by target of dm, each with the reason. Everything else is asked of all. */

/** Sectors of the smallest I/O that a driver takes, where that is more than one. */
const BLOCK: Partial<Record<DriverName | DmTarget['type'], number>> = {
  // Compressed, stored or moved a page at a time.
  zram: 8,
  xpram: 8,
  lloop: 8,
  scm_blk: 8,
  dcssblk: 8,
  // A digest is over a block of 4 KiB.
  verity: 8,
  // Entries of the cache are whole blocks.
  'dm-writecache': 8,
  // A frame of a disc has 2 KiB.
  pktcdvd: 4,
};

/** Why nothing can be written there. */
const READ_ONLY: Partial<Record<DmTarget['type'], string>> = {
  verity: 'verity_map() refuses writes: the tree of digests would be wrong',
};

/** Why nobody knows what a read finds, written or not. */
const FORGETS: Partial<Record<DriverName, string>> = {
  null_blk: 'it has no medium',
};

/** Why what was never written does not read as zeroes: it reads as something else, always the same. */
const NOT_ZEROES: Partial<Record<DriverName | DmTarget['type'], string>> = {
  crypt: 'zeroes below are decrypted',
  verity: 'veritysetup needs data to make a tree over: it is there from the start',
  null_blk: 'it has no medium',
};

/** Why a bio is not followed below by what was made of it: other bios do its work. */
const NOT_FOLLOWED: Partial<Record<DriverName | DmTarget['type'], string>> = {
  raid5: 'its stripes have bios of their own',
  crypt: 'what is written is encrypted into pages, and bios, of its own',
  mirror: 'dm-io makes bios of its own for each leg',
  pktcdvd: 'a packet is read and written by bios of its own',
  drbd: 'reads of a node without a disk are answered by its peer',
  tier: 'the cache decides what goes below, and when',
  bcache: 'the cache decides what goes below, and when',
  'dm-cache': 'the cache decides what goes below, and when',
  'dm-writecache': 'the cache decides what goes below, and when',
};

/** Why nobody but the driver can say which sectors below it has written at the end of a workload. */
const WRITES_LATER: Partial<Record<DriverName, string>> = {
  tier: 'dirty blocks are written back when there are enough of them',
  bcache: 'dirty data is written back when there is enough of it',
  'dm-cache': 'blocks are promoted, and stay dirty',
  'dm-writecache': 'blocks are written back above the high watermark',
};

/** Drivers that a kernel has not, and what would be the matter there. */
const NOT_IN: Partial<Record<DriverName, Partial<Record<MachineSpec['kernel']['flavour'], string>>>> = {
  lloop: { '6.12': 'it went in 4.18, before a vector could have several pages: they would be a BUG to it' },
};

export const isIn = (driver: DriverName, { flavour }: MachineSpec['kernel']): boolean =>
  NOT_IN[driver]?.[flavour] === undefined;

/** Why a driver sends what the queue below would not have taken, before 4.3 cut bios where they arrive. */
const ASKS_NOT: Partial<Record<DriverName, string>> = {
  pktcdvd: 'pkt_make_request() clones what its own limits allowed, and those of the drive may be anything',
};

/** Why a driver sends more segments than the queue below takes: nothing in 4.1 held it back. */
const MORE_SEGMENTS: Partial<Record<DriverName | DmTarget['type'], string>> = {
  pktcdvd: 'pkt_make_request() clones what its own limits allowed, and those of the drive may be anything',
  crypt:
    'its own pages lie apart where the bio’s lay together; since 4.3 crypt_io_hints() keeps segments to a page for it',
};

/** Why what is read after a leg failed a flush may be old. */
const STALE_AFTER_FLUSH: Partial<Record<DmTarget['type'], string>> = {
  mirror: 'dm_rh_dec() keeps writes to the first leg then, but mirror_map() asks the log, which nobody told',
};

export class Rules {
  private readonly byName: ReadonlyMap<string, DeviceSpec>;

  constructor(devices: readonly DeviceSpec[]) {
    this.byName = new Map(devices.map((device) => [device.name, device]));
  }

  /** Sectors of the smallest I/O: the largest of what anything below wants. */
  block(name: string): number {
    return Math.max(...this.all(name).map(ownBlock));
  }

  writable(name: string): boolean {
    return !this.any(name, READ_ONLY);
  }

  keeps(name: string): boolean {
    return !this.any(name, FORGETS);
  }

  zeroes(name: string): boolean {
    return !this.any(name, NOT_ZEROES);
  }

  followed(name: string): boolean {
    return !this.any(name, NOT_FOLLOWED);
  }

  countsSegments(name: string): boolean {
    return !this.any(name, MORE_SEGMENTS);
  }

  asks(name: string): boolean {
    return !this.any(name, ASKS_NOT);
  }

  staleAfterFlush(name: string): boolean {
    return this.any(name, STALE_AFTER_FLUSH);
  }

  writesAtOnce(name: string): boolean {
    return !this.any(name, WRITES_LATER);
  }

  /**
   * How often a device ends a bio from above again, for it put a bi_end_io of its own into it: verity over what its table
   * names, a disk with tags.
   */
  endsAgain(name: string, split: boolean): number {
    const device = this.byName.get(name)!;
    const tags = device.driver === 'sd' && device.integrity ? 1 : 0;
    // The front of a cut bio ends as its part, and the bio itself in verity's name.
    if (split) return tags;
    const verified = [...this.byName.values()].some(
      (above) => above.driver === 'dm' && above.targets.some((t) => t.type === 'verity' && t.device === name),
    );
    return tags + (verified ? 1 : 0);
  }

  /** Whether a read that fails on this device may end once more: a mirror tries it on another leg, and has one clone for both. */
  triedAgain(name: string): boolean {
    return [...this.byName.values()].some(
      (above) =>
        above.driver === 'dm' &&
        above.targets.some((t) => t.type === 'mirror' && t.legs.some(({ device }) => device === name)),
    );
  }

  private any(name: string, rule: Partial<Record<string, string>>): boolean {
    return this.all(name).some((device) => kinds(device).some((kind) => kind in rule));
  }

  /** A device and all below it. */
  private all(name: string): DeviceSpec[] {
    const device = this.byName.get(name)!;
    return [device, ...devicesBelow(device).flatMap((below) => this.all(below))];
  }
}

/** Its driver, and the types of its targets. */
export function kinds(device: DeviceSpec): (DriverName | DmTarget['type'])[] {
  return [device.driver, ...(device.driver === 'dm' ? device.targets.map(({ type }) => type) : [])];
}

function ownBlock(device: DeviceSpec): number {
  if (device.driver === 'dasd') return device.discipline === 'fba' ? 1 : 8;
  return Math.max(...kinds(device).map((kind) => BLOCK[kind] ?? 1));
}
