import { phys } from '../../../../src/model/address';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import { devicesBelow } from '../../../../src/model/devices-below';
import type { Io } from '../../../../src/model/workload-spec';

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

  /** Whether a mirror lies anywhere below: a read then goes to one leg of it. */
  hasMirror(name: string): boolean {
    const device = this.byName.get(name)!;
    if (device.driver === 'raid1') return true;
    if (device.driver === 'dm' && device.targets.some(({ type }) => type === 'mirror')) return true;
    return devicesBelow(device).some((leg) => this.hasMirror(leg));
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
      default:
        found.push({ device: name, from, to });
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

/** What each device holds as far as anybody can know, sector by sector. */
export class Shadow {
  private readonly known = new Map<string, Uint8Array | undefined>();

  /** `zeroes`: whether what was never written reads as 0, or as nobody knows what. */
  constructor(private readonly zeroes: boolean) {}

  /** A write ended: with success its sectors hold `data`; otherwise nobody knows. */
  wrote(io: Io, data: Uint8Array, error: number): void {
    for (let n = 0; n * 512 < data.length; n++)
      this.known.set(
        `${io.device}:${io.sector + n}`,
        error === 0 ? data.slice(n * 512, n * 512 + 512) : undefined,
      );
  }

  /** The first sector that a read got wrong, or undefined. */
  wrongSector(io: Io, data: Uint8Array): number | undefined {
    for (let n = 0; n * 512 < data.length; n++) {
      const key = `${io.device}:${io.sector + n}`;
      if (this.known.has(key) && this.known.get(key) === undefined) continue;
      if (!this.zeroes && !this.known.has(key)) continue;
      const expected = this.known.get(key) ?? new Uint8Array(512);
      if (Buffer.compare(expected, data.subarray(n * 512, n * 512 + 512)) !== 0) return io.sector + n;
    }
    return undefined;
  }
}

/** The bytes in an I/O's vectors. `read`: of physical memory. */
export function bytesOf(io: Io, read: (at: number, length: number) => Uint8Array): Uint8Array {
  return Buffer.concat(io.vecs.map((v) => read(phys(v.pfn) * 4096 + v.offset, v.len)));
}
