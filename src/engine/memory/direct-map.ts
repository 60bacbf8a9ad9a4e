import { PAGE_SIZE } from '../../model/address';
import { __va, isCanonical } from './address-space';
import type { PhysicalBytes } from './bytes';
import { faultAt } from './fault';
import type { PhysicalMap } from './physical-map';

/**
 * The direct map as code that copies through it sees it: bytes where memory is mapped, and a fault, as Oops, at the first
 * byte where none is. Physical addresses and lengths in bytes.
 */
export class DirectMap {
  constructor(
    private readonly map: PhysicalMap,
    private readonly bytes: PhysicalBytes,
  ) {}

  /** `memcpy` between physical bytes, both through the direct map. What comes before a fault has been copied. */
  readonly memcpy = (from: number, to: number, length: number): void => {
    for (let done = 0; done < length;) {
      const left = [from, to].map((at) => PAGE_SIZE - ((at + done) % PAGE_SIZE));
      const run = Math.min(length - done, ...left);
      this.touch(from + done, '__memcpy');
      this.touch(to + done, '__memcpy');
      this.bytes.copy(from + done, to + done, run);
      done += run;
    }
  };

  read(address: bigint, length: number, where: string): Uint8Array {
    return this.bytes.read(this.physOf(address, length, where), length);
  }

  write(address: bigint, bytes: Uint8Array, where: string): void {
    this.bytes.write(this.physOf(address, bytes.length, where), bytes);
  }

  private physOf(address: bigint, length: number, where: string): number {
    const { space } = this.map;
    const phys = Number(address - space.PAGE_OFFSET);
    if (phys < 0 || !isCanonical(address)) throw faultAt(address, space, where);
    this.touchRun(phys, length, where);
    return phys;
  }

  /** Faults where some byte of a physical run is not mapped. */
  touchRun(phys: number, length: number, where: string): void {
    for (let at = phys; at < phys + length; at = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE)
      this.touch(at, where);
  }

  private touch(phys: number, where: string): void {
    const { map } = this;
    if (!map.directMapped(phys)) throw faultAt(__va(BigInt(phys), map.space), map.space, where);
  }
}
