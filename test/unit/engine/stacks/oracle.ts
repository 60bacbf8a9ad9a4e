import { phys } from '../../../../src/model/address';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import { devicesBelow } from '../../../../src/model/devices-below';
import type { Io } from '../../../../src/model/workload-spec';
import { kinds, type Rules } from './rules';

type Of<D extends DeviceSpec['driver']> = Extract<DeviceSpec, { driver: D }>;

/** Sectors of a packet of pktcdvd. */
const PACKET = 128;

/** Sectors [from, to) of a disk that nothing carries. */
export interface Extent {
  readonly device: string;
  readonly from: number;
  readonly to: number;
}

/** Where sectors of a device lie, said once more and without any kernel: by the meaning of the spec alone. */
export class Oracle {
  private readonly byName: ReadonlyMap<string, DeviceSpec>;

  constructor(devices: readonly DeviceSpec[]) {
    this.byName = new Map(devices.map((device) => [device.name, device]));
  }

  /** Whether something is kept twice anywhere below: a read then goes to one copy of it. */
  hasCopies(name: string): boolean {
    const device = this.byName.get(name)!;
    if (kinds(device).some((kind) => ['raid1', 'raid10', 'mirror'].includes(kind))) return true;
    return devicesBelow(device).some((leg) => this.hasCopies(leg));
  }

  /** The disks below that nothing but data reaches: not those of a log. */
  disks(name: string): string[] {
    const device = this.byName.get(name)!;
    const logs =
      device.driver === 'dm' ? device.targets.flatMap((t) => (t.type === 'log-writes' ? [t.log] : [])) : [];
    const below = devicesBelow(device).filter((on) => !logs.includes(on));
    return below.length === 0 ? [name] : below.flatMap((on) => this.disks(on));
  }

  /** Every place a write of these sectors reaches, joined and in order. */
  extents(name: string, from: number, to: number): Extent[] {
    const found: Extent[] = [];
    this.walk(name, from, to, found);
    return joined(found);
  }

  private walk(name: string, from: number, to: number, found: Extent[]): void {
    const device = this.byName.get(name)!;
    switch (device.driver) {
      case 'dm':
        for (const target of device.targets) {
          const first = Math.max(from, target.start) - target.start;
          const last = Math.min(to, target.start + target.sectors) - target.start;
          if (first >= last) continue;
          if (target.type === 'mirror') {
            for (const { device: leg, offset = 0 } of target.legs)
              this.walk(leg, first + offset, last + offset, found);
          } else if (target.type !== 'striped')
            this.walk(target.device, first + (target.offset ?? 0), last + (target.offset ?? 0), found);
          else this.chunks(target.stripes, target.chunk, first, last, found);
        }
        break;
      case 'raid0':
        this.chunks(device.devices, device.chunk, from, to, found);
        break;
      case 'raid1':
        for (const leg of device.devices)
          this.walk(leg.device, from + (leg.offset ?? 0), to + (leg.offset ?? 0), found);
        break;
      case 'raid10':
        this.raid10(device, from, to, found);
        break;
      case 'raid5':
        this.raid5(device, from, to, found);
        break;
      case 'drbd':
        if (device.diskless !== true) this.walk(device.device, from, to, found);
        break;
      case 'pktcdvd':
        this.walk(device.device, from - (from % PACKET), Math.ceil(to / PACKET) * PACKET, found);
        break;
      default:
        found.push({ device: name, from, to });
    }
  }

  /**
   * Chunk by chunk: near, the copies are neighbours in one row after the other; offset, each row is written again below, one
   * device further; far, all rows are written again in the next part of the devices, one device further.
   */
  private raid10(device: Of<'raid10'>, from: number, to: number, found: Extent[]): void {
    const { chunk, layout, copies, devices } = device;
    const count = devices.length;
    const chunksOfDevice = Math.floor((device.sectors ?? 0) / chunk);
    const rows = Math.floor((Math.floor(chunksOfDevice / copies) * count) / count);
    for (let at = from; at < to;) {
      const number = Math.floor(at / chunk);
      const end = Math.min(to, (number + 1) * chunk);
      for (let copy = 0; copy < copies; copy++) {
        const near = number * copies + copy;
        const row = Math.floor(number / count);
        const [leg, line] = {
          near: [near % count, Math.floor(near / count)],
          offset: [(number + copy) % count, row * copies + copy],
          far: [(number + copy) % count, row + copy * rows],
        }[layout] as [number, number];
        const { device: on, offset = 0 } = devices[leg]!;
        const sector = offset + line * chunk + (at % chunk);
        this.walk(on, sector, sector + end - at, found);
      }
      at = end;
    }
  }

  /** Whole pages of data, and of the parity of their rows. */
  private raid5({ chunk, layout, devices }: Of<'raid5'>, from: number, to: number, found: Extent[]): void {
    const count = devices.length;
    for (let at = from - (from % 8); at < to; at += 8) {
      const number = Math.floor(at / chunk);
      const row = Math.floor(number / (count - 1));
      const nth = number % (count - 1);
      const turned = row % count;
      const parity = {
        'left-asymmetric': count - 1 - turned,
        'right-asymmetric': turned,
        'left-symmetric': count - 1 - turned,
        'right-symmetric': turned,
        'parity-first': 0,
        'parity-last': count - 1,
      }[layout];
      const data = layout.endsWith('-symmetric') ? (parity + 1 + nth) % count : nth + (nth >= parity ? 1 : 0);
      for (const leg of [data, parity]) {
        const { device: on, offset = 0 } = devices[leg]!;
        const sector = offset + row * chunk + (at % chunk);
        this.walk(on, sector, sector + 8, found);
      }
    }
  }

  private chunks(
    legs: readonly { readonly device: string; readonly offset?: number | undefined }[],
    chunk: number,
    from: number,
    to: number,
    found: Extent[],
  ): void {
    for (let at = from; at < to;) {
      const number = Math.floor(at / chunk);
      const end = Math.min(to, (number + 1) * chunk);
      const leg = legs[number % legs.length]!;
      const sector = (leg.offset ?? 0) + Math.floor(number / legs.length) * chunk + (at % chunk);
      this.walk(leg.device, sector, sector + end - at, found);
      at = end;
    }
  }
}

/** Neighbours as one, in the order of devices and sectors. Extents that overlap stay apart, so that nothing is counted twice unseen. */
export function joined(extents: readonly Extent[]): Extent[] {
  const sorted = [...extents].sort((a, b) => a.device.localeCompare(b.device) || a.from - b.from);
  const result: Extent[] = [];
  for (const extent of sorted) {
    const last = result.at(-1);
    if (last?.device === extent.device && last.to === extent.from)
      result[result.length - 1] = { ...last, to: extent.to };
    else result.push(extent);
  }
  return result;
}

/** Every sector once, however often it is in the extents. */
export function covered(extents: readonly Extent[]): Extent[] {
  const result: Extent[] = [];
  for (const extent of [...extents].sort((a, b) => a.device.localeCompare(b.device) || a.from - b.from)) {
    const last = result.at(-1);
    if (last?.device === extent.device && extent.from <= last.to)
      result[result.length - 1] = { ...last, to: Math.max(last.to, extent.to) };
    else result.push(extent);
  }
  return result;
}

/** What each device holds as far as anybody can know, sector by sector. */
export class Shadow {
  private readonly known = new Map<string, Uint8Array | undefined>();

  constructor(
    private readonly rules: Rules,
    private readonly oracle: Oracle,
  ) {}

  /** A write ended: with success its sectors hold `data`; otherwise nobody knows. */
  wrote(io: Io, data: Uint8Array, error: number): void {
    for (let n = 0; n * 512 < data.length; n++)
      this.known.set(
        `${io.device}:${io.sector + n}`,
        error === 0 ? data.slice(n * 512, n * 512 + 512) : undefined,
      );
  }

  /** The first sector that a read got wrong, or undefined. */
  wrongSector({ device, sector }: Io, data: Uint8Array): number | undefined {
    if (!this.rules.keeps(device)) return undefined;
    for (let n = 0; n * 512 < data.length; n++) {
      const key = `${device}:${sector + n}`;
      const found = data.slice(n * 512, n * 512 + 512);
      if (!this.known.has(key)) {
        if (this.rules.zeroes(device)) this.known.set(key, new Uint8Array(512));
        // Two copies may differ as long as nobody wrote them.
        else if (this.oracle.hasCopies(device)) continue;
        else this.known.set(key, found);
      }
      const expected = this.known.get(key);
      if (expected && Buffer.compare(expected, found) !== 0) return sector + n;
    }
    return undefined;
  }
}

/** The bytes in an I/O's vectors. `read`: of physical memory. */
export function bytesOf(io: Io, read: (at: number, length: number) => Uint8Array): Uint8Array {
  return Buffer.concat(io.vecs.map((v) => read(phys(v.pfn) * 4096 + v.offset, v.len)));
}
