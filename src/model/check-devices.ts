import { PAGE_SIZE, groupedHex, phys } from './address';
import type { Finding, JsonPath } from './check';
import { deviceSizes } from './device-size';
import type { DeviceSpec } from './device-spec';
import { devicesBelow } from './devices-below';
import type { QueueSpec } from './queue-spec';
import type { DmTarget } from './target-spec';
import type { BioscopeDocument, MemoryRange } from './machine-spec';

/** Names that lead somewhere, stacks without a circle, partitions side by side, limits a queue can have. */
export function checkDevices(document: BioscopeDocument, findings: Finding[]): void {
  const devices = document.machine.devices ?? [];
  const before = findings.length;
  checkNames(devices, findings);
  // A name that leads nowhere has no size to speak of.
  const sizes = findings.length === before ? deviceSizes(devices) : new Map<string, number>();
  devices.forEach((device, i) => {
    const path = ['machine', 'devices', i];
    const error = (rest: JsonPath, message: string) => {
      findings.push({ severity: 'error', path: [...path, ...rest], message });
    };
    if (device.driver === 'pmem') checkPmem(device, document.machine.memory.ranges, error);
    else if ('sectors' in device && device.sectors === 0) error(['sectors'], `${device.name} has no sectors`);
    if (device.driver === 'dm') {
      checkTable(device, sizes, error);
      checkFormat(device, devices, error);
    }
    if ('chunk' in device) checkChunk(device, error);
    if (isArray(device)) checkLegs(device, sizes, error);
    if ('cache' in device) checkCache(device, devices, sizes, error);
    checkPartitions(device, sizes.get(device.name), error);
    checkQueue(device.queue, device.name, error);
  });
}

type Report = (rest: JsonPath, message: string) => void;

function checkNames(devices: readonly DeviceSpec[], findings: Finding[]): void {
  const known = new Map<string, DeviceSpec>();
  const names = new Set<string>();
  devices.forEach((device, i) => {
    for (const name of [device.name, ...(device.partitions ?? []).map((p) => p.name)]) {
      if (names.has(name)) {
        const message = `there are two devices named ${name}`;
        findings.push({ severity: 'error', path: ['machine', 'devices', i], message });
      }
      names.add(name);
      known.set(name, device);
    }
  });
  devices.forEach((device, i) => {
    const path = ['machine', 'devices', i];
    for (const below of devicesBelow(device)) {
      if (!names.has(below)) {
        const have = [...names].join(', ');
        const message = `${device.name} lies on ${below}, which this machine does not have (devices: ${have})`;
        findings.push({ severity: 'error', path, message });
      }
    }
    const circle = circleFrom(device, known);
    if (circle) {
      const message = `${circle.join(' lies on ')}: a stack cannot go in a circle`;
      findings.push({ severity: 'error', path, message });
    }
  });
}

/** The names from a device back to itself, if there is such a way. */
function circleFrom(device: DeviceSpec, known: ReadonlyMap<string, DeviceSpec>): string[] | undefined {
  const seen = new Set<DeviceSpec>();
  const walk = (at: DeviceSpec, way: string[]): string[] | undefined => {
    for (const name of devicesBelow(at)) {
      const below = known.get(name);
      if (below === device) return [...way, device.name];
      if (!below || seen.has(below)) continue;
      seen.add(below);
      const found = walk(below, [...way, below.name]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(device, [device.name]);
}

function checkTable(
  device: Extract<DeviceSpec, { driver: 'dm' }>,
  sizes: ReadonlyMap<string, number>,
  error: Report,
): void {
  let at = 0;
  device.targets.forEach((target, n) => {
    if (target.start !== at) {
      error(
        ['targets', n, 'start'],
        `the table has ${target.start < at ? 'an overlap' : 'a gap'} at sector ${at}`,
      );
    }
    if (target.sectors === 0) error(['targets', n, 'sectors'], 'a target needs at least one sector');
    at = target.start + target.sectors;
    checkRoom(device.name, target, n, sizes, error);
    checkTarget(device.name, target, n, sizes, error);
    if (target.type !== 'striped') return;
    const { length } = target.stripes;
    if (target.chunk === 0 || target.chunk % 8 !== 0)
      error(['targets', n, 'chunk'], `a chunk is a multiple of 8 sectors, not ${target.chunk}`);
    else if (target.sectors % (target.chunk * length) !== 0)
      error(
        ['targets', n, 'sectors'],
        `${target.sectors} sectors are no whole rows of ${length} chunks of ${target.chunk}`,
      );
  });
}

/** What `veritysetup format` writes has to get to its devices, through whatever they lie on. */
function checkFormat(
  { name, targets }: Extract<DeviceSpec, { driver: 'dm' }>,
  devices: readonly DeviceSpec[],
  error: Report,
): void {
  const readOnly = (on: string, seen: readonly string[] = []): boolean => {
    const below = devices.find((one) => one.name === on);
    if (!below || seen.includes(on)) return false;
    if (below.driver === 'dm' && below.targets.some(({ type }) => type === 'verity')) return true;
    return devicesBelow(below).some((leg) => readOnly(leg, [...seen, on]));
  };
  targets.forEach((target, n) => {
    if (target.type !== 'verity') return;
    for (const on of [target.device, target.hashDevice])
      if (readOnly(on))
        error(
          ['targets', n],
          `what is verified by ${name} cannot be put on ${on}: dm-verity below it refuses writes with -5 (-EIO)`,
        );
  });
}

/** What the constructors of targets refuse, with -EINVAL. */
function checkTarget(
  name: string,
  target: DmTarget,
  n: number,
  sizes: ReadonlyMap<string, number>,
  error: Report,
): void {
  const refuse = (what: string) => {
    error(['targets', n], `${what}: the kernel refuses this table with -22 (-EINVAL)`);
  };
  if (target.type === 'crypt') {
    const bytes = target.key.length / 2;
    const good = target.cipher === 'aes-xts-plain64' ? [32, 48, 64] : [16, 24, 32];
    if (!good.includes(bytes))
      refuse(`${target.cipher} takes keys of ${good.join(', ')} bytes, not ${bytes}`);
  }
  if (target.type !== 'verity') return;
  if (target.sectors % 8 !== 0 || target.start !== 0)
    refuse(`${name} verifies whole blocks of 8 sectors from its start on`);
  // Data blocks, their digests by 128, the digests of those, and the superblock.
  let blocks = 1;
  for (let level = Math.ceil(target.sectors / 8); level > 1 || blocks === 1;) {
    level = Math.ceil(level / 128);
    blocks += level;
    if (level === 1) break;
  }
  const room = sizes.get(target.hashDevice);
  if (room !== undefined && room < blocks * 8)
    refuse(
      `the tree over ${target.sectors} sectors needs ${blocks * 8} of ${target.hashDevice}, which has ${room}`,
    );
}

/** The kernel refuses to load such a table, with -EINVAL (drivers/md/dm-table.c, `device_area_is_invalid`). */
function checkRoom(
  name: string,
  target: DmTarget,
  n: number,
  sizes: ReadonlyMap<string, number>,
  error: Report,
): void {
  const legs = target.type === 'striped' ? target.stripes : target.type === 'mirror' ? target.legs : [target];
  const len = target.type === 'striped' ? target.sectors / legs.length : target.sectors;
  for (const { device, offset = 0 } of legs) {
    const size = sizes.get(device);
    if (size === undefined || offset + len <= size) continue;
    error(
      ['targets', n],
      `${name} needs sectors ${offset} to ${offset + len} of ${device}, which has ${size}: the kernel refuses this table with -22 (-EINVAL)`,
    );
  }
}

type MdArray = Extract<DeviceSpec, { driver: 'raid0' | 'raid1' | 'raid10' | 'raid5' }>;

const isArray = (device: DeviceSpec): device is MdArray => /^raid/.test(device.driver);

/** What mdadm and the level's own `run` refuse. */
function checkChunk(device: Extract<MdArray, { chunk: number }>, error: Report): void {
  const { driver, chunk, devices } = device;
  if (chunk < 8) error(['chunk'], `a chunk of ${chunk} sectors is less than a page: use a multiple of 8`);
  else if (driver !== 'raid0' && !isPowerOf2(chunk))
    error(
      ['chunk'],
      `${driver} wants a chunk that is a power of two, not ${chunk} sectors: the kernel refuses it with -22 (-EINVAL)`,
    );
  if (driver === 'raid10' && device.copies > devices.length)
    error(
      ['copies'],
      `${device.copies} copies of a chunk need as many devices, not ${devices.length}: the kernel refuses it with -22 (-EINVAL)`,
    );
}

/** Each device of an array has room for some of its data. */
function checkLegs(array: MdArray, sizes: ReadonlyMap<string, number>, error: Report): void {
  const least = 'chunk' in array ? array.chunk : 1;
  array.devices.forEach(({ device, offset = 0 }, n) => {
    const size = sizes.get(device);
    if (size === undefined || size - offset >= least) return;
    error(
      ['devices', n],
      `${device} has ${size} sectors: from sector ${offset} on, ${array.name} has no room for its data there`,
    );
  });
}

/** A cache that lives in memory needs a pmem disk, and every cache something to keep blocks in. */
function checkCache(
  device: Extract<DeviceSpec, { cache: string }>,
  devices: readonly DeviceSpec[],
  sizes: ReadonlyMap<string, number>,
  error: Report,
): void {
  const inMemory =
    device.driver === 'tier' || (device.driver === 'dm-writecache' && (device.kind ?? 'p') === 'p');
  const below = devices.find(({ name }) => name === device.cache);
  if (inMemory && below?.driver !== 'pmem')
    error(['cache'], `${device.name} keeps its blocks in memory: ${device.cache} must be a pmem disk`);
  if (device.cache === device.origin)
    error(['origin'], `${device.name} needs two disks: a fast one and a slow one`);
  const block = 'block' in device ? device.block : undefined;
  if (
    block !== undefined &&
    (block < 8 || (device.driver === 'tier' && !isPowerOf2(block)) || block % 8 !== 0)
  )
    error(['block'], `a block of ${block} sectors: use a power of two from 8 on`);
  const size = sizes.get(device.cache);
  const least = 16 * (block ?? 8) + 16;
  if (size !== undefined && size < least)
    error(['cache'], `${device.cache} has ${size} sectors: ${device.name} needs ${least} at least`);
}

function checkPartitions(device: DeviceSpec, size: number | undefined, error: Report): void {
  const sorted = (device.partitions ?? []).map((p, n) => ({ ...p, n })).sort((a, b) => a.start - b.start);
  let end = 0;
  let before = '';
  for (const { name, start, sectors, n } of sorted) {
    if (sectors === 0) error(['partitions', n], `${name} has no sectors`);
    if (before !== '' && start < end)
      error(['partitions', n], `${name} begins at sector ${start}, inside ${before}`);
    end = start + sectors;
    before = name;
    if (size !== undefined && end > size)
      error(['partitions', n], `${name} ends at sector ${end}, past the ${size} sectors of ${device.name}`);
  }
}

/** Limits that would stop every I/O: the kernel's own setters refuse or raise them. */
function checkQueue(queue: QueueSpec | undefined, name: string, error: Report): void {
  const limits = queue?.limits ?? {};
  const atLeast = (field: keyof typeof limits, least: number, what: string) => {
    const value = limits[field];
    if (typeof value === 'number' && value < least)
      error(
        ['queue', 'limits', field],
        `${field} of ${name} is ${value}; the kernel wants ${least} at least: ${what}`,
      );
  };
  atLeast('max_hw_sectors', 8, 'a page');
  atLeast('max_sectors', 8, 'a page');
  atLeast('max_segments', 1, 'one segment');
  atLeast('max_segment_size', PAGE_SIZE, 'a page');
  const blocks = ['logical_block_size', 'physical_block_size'] as const;
  for (const field of blocks) {
    const value = limits[field];
    if (value !== undefined && (value < 512 || !isPowerOf2(value)))
      error(['queue', 'limits', field], `${field} is a power of two from 512 on, not ${value}`);
  }
  if (limits.chunk_sectors !== undefined && limits.chunk_sectors !== 0 && !isPowerOf2(limits.chunk_sectors))
    error(
      ['queue', 'limits', 'chunk_sectors'],
      `chunk_sectors is a power of two, not ${limits.chunk_sectors}`,
    );
  for (const field of ['seg_boundary_mask', 'virt_boundary_mask'] as const) {
    const text = limits[field];
    if (text === undefined) continue;
    const mask = phys(text);
    const least = field === 'seg_boundary_mask' ? PAGE_SIZE - 1 : 0;
    if (mask < least || !isPowerOf2(mask + 1))
      error(
        ['queue', 'limits', field],
        `${field} is one less than a power of two, from ${groupedHex(least)} on`,
      );
  }
}

function isPowerOf2(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

function checkPmem(
  device: Extract<DeviceSpec, { driver: 'pmem' }>,
  ranges: readonly MemoryRange[],
  error: Report,
): void {
  const start = phys(device.start);
  const end = phys(device.end);
  if (end <= start)
    error([], `${device.name} ends at ${device.end}, which is not after its start ${device.start}`);
  else if (start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0)
    error([], `${device.name} must start and end at a multiple of 4096`);
  else if (!ranges.some((r) => holdsPmem(r, start, end))) {
    error(
      [],
      `${device.name} lies at ${groupedHex(start)}, where the machine has no pmem range that holds it`,
    );
  }
}

function holdsPmem(range: MemoryRange, start: number, end: number): boolean {
  if (start < phys(range.start) || end > phys(range.end)) return false;
  return range.kind === 'pmem' || (range.children ?? []).some((child) => holdsPmem(child, start, end));
}
