import * as v from 'valibot';
import { checkDevices } from '../model/check-devices';
import type { Finding } from '../model/check';
import { deviceSizes } from '../model/device-size';
import { Name } from '../model/device-common';
import type { DeviceSpec, DriverName } from '../model/device-spec';
import type { MachineSpec } from '../model/machine-spec';
import type { Storage } from '../model/memory-facts';
import { leafOf } from './simulate-disk';
import { partitionsOf } from './simulate-partitions';
import { stackOf } from './simulate-stack';

/** What a capture's device becomes: one of the engine's with what had to be assumed of it, or why none. */
export type Simulated = { readonly device: DeviceSpec; readonly assumed: readonly string[] } | string;

export interface SimulatedStorage {
  readonly devices: DeviceSpec[];
  /** Every device that was captured, with what was assumed of it, or why nothing simulates it. */
  readonly storage: Storage[];
}

/**
 * Makes simulated devices of the block devices that captures name. `known` are the machine's other devices, such as the
 * pmem disks of its memory map: of them, captures only add to what is known. What the model refuses is left out, with
 * the refusal as its reason; nothing is lost.
 */
export function simulatedStorage(
  captured: readonly Storage[],
  known: readonly DeviceSpec[],
  memory: MachineSpec['memory'],
): SimulatedStorage {
  const reasons = new Map<string, string>();
  const assumed = new Map<string, string[]>();
  const assume = (name: string, said: readonly string[]) => {
    if (said.length > 0) assumed.set(name, [...(assumed.get(name) ?? []), ...said]);
  };
  const made = new Map<string, DeviceSpec>(known.map((device) => [device.name, device]));
  const take = (name: string, result: Simulated) => {
    if (typeof result === 'string') reasons.set(name, result);
    else {
      made.set(name, result.device);
      assume(name, result.assumed);
    }
  };
  const parts = captured.filter(isPartition);
  const stacks = captured.filter((device) => !isPartition(device) && isStack(device));
  const leaves = captured.filter((device) => !isPartition(device) && !isStack(device));
  for (const leaf of leaves)
    take(leaf.name, v.is(Name, leaf.name) ? leafOf(leaf, made.get(leaf.name)) : badName(leaf.name));

  const split = (disk: Storage) => {
    const device = made.get(disk.name);
    const own = parts.filter((part) => part.on?.[0] === disk.name);
    if (!device || own.length === 0) return;
    const size = deviceSizes([...made.values()]).get(disk.name) ?? 0;
    const { partitions, assumed: said, refused } = partitionsOf(own, size);
    made.set(disk.name, { ...device, partitions });
    for (const [name, why] of refused) reasons.set(name, why);
    for (const { name } of partitions) assume(name, said.get(name) ?? []);
  };
  leaves.forEach(split);
  // A stack may be named before those it lies on; each round makes the ones whose ground is there.
  let waiting = stacks;
  while (waiting.length > 0) {
    const sizes = deviceSizes([...made.values()]);
    const ready = waiting.filter((stack) => (stack.on ?? []).every((name) => sizes.has(name)));
    const next = ready.length > 0 ? ready : waiting;
    for (const stack of next) {
      take(stack.name, v.is(Name, stack.name) ? stackOf(stack, captured, sizes) : badName(stack.name));
      split(stack);
    }
    waiting = waiting.filter((stack) => !next.includes(stack));
  }

  const devices = settle([...made.values()], memory, reasons, assume);
  for (const { name, on = [] } of parts) {
    const exists = devices.some((device) => device.partitions?.some((part) => part.name === name));
    if (!exists && !reasons.has(name)) reasons.set(name, `its disk ${on[0] ?? '(unknown)'} is not simulated`);
  }
  return { devices: devices.sort(byUse), storage: withWords(captured, devices, reasons, assumed) };
}

const isPartition = ({ type }: Storage) => type === 'part';

const isStack = ({ name, type, table }: Storage) =>
  table !== undefined ||
  /^(dm|lvm|crypt|mpath|linear|raid\d+)$/.test(type ?? '') ||
  /^(dm-\d|md\d)/.test(name);

const badName = (name: string) => `“${name.slice(0, 40)}” is no name that a device of ours can have`;

/** What the model's own checks refuse goes, one finding after another, until they have nothing to say. */
function settle(
  made: readonly DeviceSpec[],
  memory: MachineSpec['memory'],
  reasons: Map<string, string>,
  assume: (name: string, said: readonly string[]) => void,
): DeviceSpec[] {
  let devices = [...made];
  for (;;) {
    const findings: Finding[] = [];
    checkDevices(
      { bioscope: 1, machine: { name: 'imported', kernel: { flavour: '6.12' }, memory, devices } },
      findings,
    );
    const [finding] = findings;
    if (!finding) return devices;
    const [, , at, part, n, field] = finding.path;
    const device = devices[Number(at)]!;
    const change = (next: DeviceSpec | undefined) => {
      devices = devices.flatMap((other) => (other !== device ? [other] : next ? [next] : []));
    };
    if (part === 'queue' && n === 'limits') {
      const limits = { ...device.queue?.limits };
      const rest = Object.fromEntries(Object.entries(limits).filter(([name]) => name !== field));
      assume(device.name, [`${String(field)} is its driver's own, for ${finding.message}`]);
      change({ ...device, queue: { ...device.queue, limits: rest } });
    } else if (part === 'partitions') {
      const gone = device.partitions![Number(n)]!;
      reasons.set(gone.name, finding.message);
      change({ ...device, partitions: device.partitions!.filter((other) => other !== gone) });
    } else {
      reasons.set(device.name, finding.message);
      change(undefined);
    }
  }
}

/** Disks of other drivers come after those people use most. */
const RANK: Readonly<Partial<Record<DriverName, number>>> = {
  pmem: 0,
  nvme: 1,
  sd: 1,
  brd: 2,
  null_blk: 3,
  loop: 4,
  dm: 5,
  raid0: 5,
  raid1: 5,
  tier: 6,
  bcache: 6,
  'dm-cache': 6,
  'dm-writecache': 6,
};

/** What people look at first is first: a workload of ours runs on the first disk. */
const byUse = (a: DeviceSpec, b: DeviceSpec) => rank(a) - rank(b);

const rank = ({ driver }: DeviceSpec) => RANK[driver] ?? 4;

function withWords(
  captured: readonly Storage[],
  devices: readonly DeviceSpec[],
  reasons: ReadonlyMap<string, string>,
  assumed: ReadonlyMap<string, string[]>,
): Storage[] {
  const names = new Set(devices.flatMap((d) => [d.name, ...(d.partitions ?? []).map((part) => part.name)]));
  const described = new Set(captured.map(({ name }) => name));
  const nameless: Storage[] = [...reasons.keys()]
    .filter((name) => !described.has(name))
    .map((name) => ({ name }));
  return [...captured, ...nameless].map(({ assumed: _said, notSimulated: _why, ...device }) => {
    const said = assumed.get(device.name);
    if (names.has(device.name)) return { ...device, ...(said ? { assumed: said } : {}) };
    return { ...device, notSimulated: reasons.get(device.name) ?? 'no model of it' };
  });
}
