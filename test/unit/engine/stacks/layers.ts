import fc from 'fast-check';
import { TIER_MODES, TIER_MOVES, TIER_POLICIES } from '../../../../src/model/cache-spec';
import { RAID10_LAYOUTS, RAID5_LAYOUTS, type DeviceSpec } from '../../../../src/model/device-spec';
import { CIPHERS, type DmTarget } from '../../../../src/model/target-spec';
import { deviceSizes } from '../../../../src/model/device-size';
import { Rules } from './rules';

/** What lies on other devices: drivers, and targets of dm. */
const KINDS = [
  'linear',
  'striped',
  'crypt',
  'verity',
  'log-writes',
  'mirror',
  'raid0',
  'raid1',
  'raid10',
  'raid5',
  'drbd',
  'pktcdvd',
  'tier',
  'bcache',
  'dm-cache',
  'dm-writecache',
] as const;
type Kind = (typeof KINDS)[number];

export interface Layer {
  readonly kind: Kind;
  readonly legs: number;
  readonly chunk: number;
  readonly offset: number;
  /** Chooses among the modes and layouts that a kind has. */
  readonly choice: number;
}
export const layer: fc.Arbitrary<Layer> = fc.record({
  kind: fc.constantFrom(...KINDS),
  legs: fc.integer({ min: 1, max: 3 }),
  chunk: fc.constantFrom(8, 16, 64),
  offset: fc.constantFrom(0, 8, 64),
  choice: fc.nat(5039),
});

/** A device that nothing lies on yet. Sectors. */
interface Free {
  readonly name: string;
  readonly sectors: number;
}

/** Verity makes a tree over its data when the machine is made: less of it, so that this takes no time. */
const VERIFIED = 256;
/** Room for some chunks of everything behind the offset. */
const LEAST = 200;

/** Builds a layer on devices that nothing lies on yet, oldest first, if there are such as it needs. */
export function put(devices: DeviceSpec[], free: Free[], { kind, legs, chunk, offset, choice }: Layer): void {
  const rules = new Rules(devices);
  const of = <T>(list: readonly T[]): T => list[choice % list.length]!;
  const also = <T>(list: readonly T[]): T => list[Math.floor(choice / 24) % list.length]!;
  const room = (suits: (name: string) => boolean = () => true) =>
    free.filter((one) => one.sectors >= LEAST && suits(one.name));
  const take = (count: number, suits?: (name: string) => boolean): Free[] => {
    const found = room(suits).slice(0, count);
    for (const one of found) free.splice(free.indexOf(one), 1);
    return found;
  };
  const name = `${/^raid/.test(kind) ? 'md' : kind.slice(0, 4)}${devices.length}`;
  const add = (device: DeviceSpec) => {
    devices.push(device);
    free.push({ name, sectors: deviceSizes(devices).get(name)! });
  };
  const dm = (...targets: DmTarget[]) => add({ driver: 'dm', name, targets });
  const cache = (suits: (name: string) => boolean) => {
    if (room().length < 2) return undefined;
    const [fast] = take(1, suits);
    return fast && { cache: fast.name, origin: take(1)[0]!.name };
  };
  const keeps = (on: string) => rules.writable(on) && rules.keeps(on);
  const isPmem = (on: string) => devices.some(({ name: one, driver }) => one === on && driver === 'pmem');

  switch (kind) {
    case 'linear': {
      let start = 0;
      if (room().length === 0) break;
      dm(
        ...take(legs).map(({ name: device, sectors }): DmTarget => {
          const target = { type: kind, start, sectors: sectors - offset, device, offset };
          start += target.sectors;
          return target;
        }),
      );
      break;
    }
    case 'crypt':
    case 'log-writes': {
      // The log is written by sectors, whatever its disk says.
      const log =
        kind === 'crypt' || room().length < 2
          ? undefined
          : take(1, (on) => rules.writable(on) && rules.block(on) === 1)[0];
      if (kind === 'log-writes' && !log) break;
      const [below] = take(1);
      if (!below) break;
      const placed = { start: 0, sectors: below.sectors - offset, device: below.name, offset };
      if (log) dm({ ...placed, type: 'log-writes', log: log.name });
      else {
        const cipher = of(CIPHERS);
        dm({ ...placed, type: 'crypt', cipher, key: '0f'.repeat(cipher === 'aes-xts-plain64' ? 32 : 16) });
      }
      break;
    }
    case 'verity': {
      if (room(keeps).length < 2) break;
      const [data, hashes] = take(2, keeps) as [Free, Free];
      const sectors = Math.min(VERIFIED, data.sectors - offset);
      dm({ type: kind, start: 0, sectors, device: data.name, offset, hashDevice: hashes.name });
      break;
    }
    case 'drbd': {
      const [below] = take(1);
      const digest = choice % 2 === 1;
      if (below) add({ driver: kind, name, device: below.name, digest, diskless: choice % 7 === 0 });
      break;
    }
    case 'pktcdvd': {
      const [below] = take(1);
      if (below) add({ driver: kind, name, device: below.name });
      break;
    }
    case 'tier': {
      const below = cache(isPmem);
      if (!below) break;
      const some = {
        mode: of(TIER_MODES),
        policy: also(TIER_POLICIES),
        move: of(TIER_MOVES),
        block: chunk === 64 ? 8 : chunk,
        slots: 8 * legs,
      };
      add({ driver: kind, name, ...below, ...some });
      break;
    }
    case 'bcache': {
      const below = cache(keeps);
      const mode = of(['writethrough', 'writeback', 'writearound', 'none'] as const);
      if (below) add({ driver: kind, name, ...below, mode, bucket: 2 * chunk });
      break;
    }
    case 'dm-cache': {
      const below = cache(keeps);
      const mode = of(['writeback', 'writethrough', 'passthrough'] as const);
      if (below) add({ driver: kind, name, ...below, mode, policy: also(['smq', 'cleaner']), block: 64 });
      break;
    }
    case 'dm-writecache': {
      const type = of(['p', 's'] as const);
      const below = cache(type === 'p' ? isPmem : keeps);
      if (below) add({ driver: kind, name, ...below, kind: type, highWatermark: 5, lowWatermark: 2 });
      break;
    }
    default: {
      const least = { striped: 1, raid0: 1, raid1: 1, mirror: 2, raid10: 2, raid5: 3 }[kind];
      // Nobody computes parity over what is there when an array is made: it is right for zeroes alone.
      const suits = kind === 'raid5' ? (on: string) => rules.zeroes(on) : undefined;
      if (room(suits).length < least) break;
      const below = take(Math.max(legs, least), suits);
      const smallest = Math.min(...below.map((b) => b.sectors));
      /** Whole chunks of each leg behind the offset. */
      const sectors = Math.floor((smallest - offset) / chunk) * chunk;
      const leg = below.map((b) => ({ device: b.name, offset }));
      if (kind === 'striped')
        dm({ type: kind, start: 0, sectors: sectors * below.length, chunk, stripes: leg });
      else if (kind === 'mirror') dm({ type: kind, start: 0, sectors, legs: leg });
      else if (kind === 'raid10')
        add({ driver: kind, name, chunk, layout: of(RAID10_LAYOUTS), copies: 2, devices: leg, sectors });
      else if (kind === 'raid5')
        add({ driver: kind, name, chunk, layout: of(RAID5_LAYOUTS), devices: leg, sectors });
      else if (kind === 'raid0') add({ driver: kind, name, chunk, devices: leg, sectors });
      else add({ driver: kind, name, devices: leg, sectors });
    }
  }
}
