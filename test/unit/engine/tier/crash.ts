import type { TierMode, TierPolicyName } from '../../../../src/model/cache-spec';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';
import type { KernelOptions } from '../../../../src/engine/kernel';
import { PhysicalBytes } from '../../../../src/engine/memory/bytes';
import { afterPowerFailure, runUntilPowerFails } from '../../../../src/engine/persistence/power-failure';

const BLOCK = 4096;

/** A small machine: 4 MiB of RAM, room for some slots, and a disk whose write cache forgets. */
export function tierMachine(
  tier: Partial<Extract<DeviceSpec, { driver: 'tier' }>> & { mode?: TierMode; policy?: TierPolicyName },
  flavour: '4.1' | '4.1-pfn' | '6.12' = '6.12',
): MachineSpec {
  return {
    name: 'crash',
    kernel: { flavour },
    memory: {
      ranges: [
        { start: '0x100000', end: '0x500000', kind: 'ram', name: 'System RAM' },
        {
          start: '0x10000000',
          end: '0x10100000',
          kind: 'pmem',
          name: 'Persistent Memory',
          structPages: 'none',
        },
      ],
    },
    devices: [
      { name: 'pmem0', driver: 'pmem', start: '0x10000000', end: '0x10100000' },
      { name: 'sda', driver: 'sd', sectors: 4096, queue: { writeCache: 'write-back', pfn: true } },
      { name: 'tier0', driver: 'tier', cache: 'pmem0', origin: 'sda', ...tier },
    ],
  };
}

export function randomFrom(seed: number): () => number {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Writes, reads and flushes of a few blocks, so that they meet. */
export function crashWorkload(seed: number, length: number, blocks = 12): Io[] {
  const random = randomFrom(seed);
  const below = (n: number) => Math.floor(random() * n);
  return Array.from({ length }, (_, i): Io => {
    const kind = random();
    const common = { device: 'tier0', add: 'bio_add_page' as const };
    if (kind < 0.12) return { ...common, op: 'write', sector: 0, flags: ['flush'], vecs: [] };
    const count = 1 + below(2);
    const vecs = Array.from({ length: count }, (_v, n) => ({
      pfn: `0x${(0x200 + ((i * 2 + n) % 256)).toString(16)}`,
      offset: 0,
      len: BLOCK,
    }));
    const sector = below(blocks) * 8;
    if (kind < 0.3) return { ...common, op: 'read', sector, vecs };
    return {
      ...common,
      op: 'write',
      sector,
      vecs,
      fill: seed * 1000 + i * 4 + 1,
      ...(kind > 0.85 ? { flags: ['fua' as const] } : {}),
    };
  });
}

interface Write {
  readonly io: number;
  readonly bytes: Uint8Array;
}

/** A workload crashes hundreds of times, and always writes the same. */
const known = new WeakMap<readonly Io[], Map<number, Write[]>>();

/** What was written to each sector, in order. */
function writesBySector(workload: readonly Io[]): Map<number, Write[]> {
  const before = known.get(workload);
  if (before) return before;
  const found = new Map<number, Write[]>();
  known.set(workload, found);
  for (const [io, { op, vecs, sector, fill }] of workload.entries()) {
    if (op !== 'write' || fill === undefined) continue;
    for (const [n, vec] of vecs.entries()) {
      const bytes = new PhysicalBytes();
      bytes.fill(0, vec.len, fill + n);
      for (let s = 0; s < vec.len / 512; s++) {
        const at = sector + (n * vec.len) / 512 + s;
        const writes = found.get(at) ?? [];
        writes.push({ io, bytes: bytes.read(s * 512, 512) });
        found.set(at, writes);
      }
    }
  }
  return found;
}

/** One crash: what of the promise was broken; '' if nothing was. `events`: how many there are without a crash. */
export function crash(
  spec: MachineSpec,
  workload: readonly Io[],
  at: number,
  seed: number,
  options: KernelOptions = {},
): { readonly broken: string; readonly events: number } {
  const remains = runUntilPowerFails(spec, workload, at, randomFrom(seed), options);
  const acked = (io: number) => remains.outcomes[io]?.state === 'completed';
  const again = afterPowerFailure(spec, remains);
  const writes = writesBySector(workload);
  const sectors = [...writes.keys()].sort((a, b) => a - b);
  const blocks = [...new Set(sectors.map((sector) => Math.floor(sector / 8)))];
  const { kernel } = again;
  again.run(
    blocks.map((block): Io => ({
      op: 'read',
      device: 'tier0',
      sector: block * 8,
      add: 'bio_add_page',
      vecs: [{ pfn: `0x${(0x400 + block).toString(16)}`, offset: 0, len: BLOCK }],
    })),
  );
  for (const sector of sectors) {
    const block = Math.floor(sector / 8);
    const got = kernel.bytes.read((0x400 + block) * BLOCK + (sector % 8) * 512, 512);
    const all = writes.get(sector)!;
    // Durable: answered with FUA, or answered before a flush was asked for that was answered too.
    const isDurable = ({ io }: Write) =>
      acked(io) &&
      (workload[io]!.flags?.includes('fua') === true ||
        workload.some((f, n) => n > io && f.flags?.includes('flush') === true && acked(n)));
    const durable = all.map(isDurable).lastIndexOf(true);
    const legal =
      durable < 0
        ? [new Uint8Array(512), ...all.map(({ bytes }) => bytes)]
        : all.slice(durable).map(({ bytes }) => bytes);
    if (!legal.some((bytes) => same(bytes, got))) {
      const older = all.findIndex(({ bytes }) => same(bytes, got));
      const what =
        older >= 0 ? `the write of I/O ${all[older]!.io}` : 'a mixture, or nothing that was written';
      const promised = durable < 0 ? 'any write' : `I/O ${all[durable]!.io} or a later one`;
      return {
        broken: `sector ${sector}: ${promised} is expected, ${what} is there`,
        events: remains.events,
      };
    }
  }
  return { broken: '', events: remains.events };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
