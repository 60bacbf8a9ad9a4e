import { phys } from '../../model/address';
import { otherSide } from '../../model/compare-with';
import type { TierMove } from '../../model/cache-spec';
import type { DeviceSpec } from '../../model/device-spec';
import { devicesBelow } from '../../model/devices-below';
import { flavourLabel } from '../../model/flavour';
import type { BioscopeDocument, MachineSpec, MemoryRange } from '../../model/machine-spec';
import type { Recording } from '../../model/recording';
import type { WaysView, WayView } from '../../protocol/tier-view';
import type { OpenMachine } from '../machine-view';
import { decisionsOf, indexesOf } from './decisions';
import { latenciesOf, shareOf } from './latency';

type TierSpec = Extract<DeviceSpec, { driver: 'tier' }>;

const WAYS: readonly { readonly move: TierMove; readonly name: string; readonly about: string }[] = [
  { move: 'copy', name: 'CPU copy', about: 'no struct pages; the CPU copies into DRAM pages first' },
  { move: 'pages', name: 'struct pages', about: 'a memmap in DRAM for all of the persistent memory' },
  { move: 'pfn', name: 'bare page frames', about: 'the series: no struct pages and no copy' },
];

/** Upper ends of the histogram's steps: about three a decade, 100 ns to 100 s. */
const STEPS = Array.from({ length: 28 }, (_, n) => Math.round(100 * 10 ** (n / 3)));

/** Runs the workload three times, each with another way for data to leave for the slow disk. */
export function waysView(
  document: BioscopeDocument,
  tier: TierSpec,
  open: (document: BioscopeDocument) => OpenMachine,
): WaysView {
  const own = tier.move ?? 'copy';
  const runs = WAYS.map(({ move, name, about }) => {
    const side = otherSide({ ...document, compare: { machine: machineFor(document.machine, tier, move) } })!;
    const opened = open(side.document);
    return { name, about, own: move === own, document: side.document, opened };
  });
  const latencies = runs.map(({ opened }) => latenciesOf(opened));
  const most = Math.max(0, ...latencies.flat());
  // What RAM itself has a memmap of is the same in all ways.
  const least = Math.min(...runs.map(({ opened }) => opened.view.map.totals.memmap));
  const steps = STEPS.slice(0, STEPS.findIndex((step) => step >= most) + 1);
  return {
    steps,
    ways: runs.map(({ name, about, own: isOwn, document: { machine }, opened }, n): WayView => {
      const sorted = latencies[n]!.sort((a, b) => a - b);
      const { recording } = opened;
      const histogram = steps.map(() => 0);
      for (const ns of sorted) histogram[steps.findIndex((step) => ns <= step)]!++;
      return {
        name,
        about,
        own: isOwn,
        kernel: flavourLabel(machine.kernel),
        refused: recording ? '' : (opened.view.devices.refused[0] ?? 'this machine cannot run so'),
        ...(recording ? writtenBack(recording, tier.name) : { fellBack: '', copied: 0, written: 0 }),
        memmap: opened.view.map.totals.memmap - least,
        ios: sorted.length,
        p50: shareOf(sorted, 0.5),
        p99: shareOf(sorted, 0.99),
        histogram,
      };
    }),
  };
}

function writtenBack(recording: Recording, tier: string) {
  const copies = indexesOf(recording, ['memcpy']);
  let copied = 0;
  for (let i = 0; i < recording.length; i++)
    if (copies.has(recording.columns.name[i]!)) copied += recording.columns.c[i]!;
  const leaving = decisionsOf(recording, tier, 'tier', []).filter(({ kind }) => kind === 'writeback');
  const written = leaving.reduce((sum, { sectors }) => sum + sectors * 512, 0);
  const fellBack = leaving.map(({ because }) => because.split(': ').slice(1).join(': ')).find(Boolean) ?? '';
  return { copied, written, fellBack };
}

/** The machine as this way needs it: its persistent memory with or without pages, a kernel and disks that can. */
export function machineFor(machine: MachineSpec, tier: TierSpec, move: TierMove): MachineSpec {
  const { devices = [], kernel, memory } = machine;
  const structPages = move === 'pages' ? 'mem' : 'none';
  const cache = diskOf(devices, tier.cache);
  const ranges =
    cache?.driver === 'pmem'
      ? memory.ranges.map((range) => withPages(range, phys(cache.start), phys(cache.end), structPages))
      : memory.ranges;
  const under = new Set(stackBelow(devices, tier.origin));
  return {
    ...machine,
    kernel: move === 'pfn' && !hasPfnBios(kernel) ? { ...kernel, flavour: '4.1-pfn', posting: 'v3' } : kernel,
    memory: { ...memory, ranges },
    devices: devices.map((device): DeviceSpec => {
      if (device.name === tier.name) return { ...tier, move };
      if (move !== 'pfn' || !under.has(device.name)) return device;
      return { ...device, queue: { ...device.queue, pfn: true } };
    }),
  };
}

/** v5 of the series has helpers and kmap only. */
const hasPfnBios = ({ flavour, posting }: MachineSpec['kernel']) => flavour === '4.1-pfn' && posting !== 'v5';

function withPages(range: MemoryRange, start: number, end: number, structPages: 'mem' | 'none'): MemoryRange {
  if (phys(range.end) <= start || phys(range.start) >= end) return range;
  const { assumed: _no, ...rest } = range;
  return {
    ...(range.kind === 'pmem' ? { ...rest, structPages } : range),
    ...(range.children
      ? { children: range.children.map((child) => withPages(child, start, end, structPages)) }
      : {}),
  };
}

/** The disk that has this name, or the partition of this name. */
function diskOf(devices: readonly DeviceSpec[], name: string): DeviceSpec | undefined {
  return devices.find(
    (device) => device.name === name || device.partitions?.some((partition) => partition.name === name),
  );
}

function stackBelow(devices: readonly DeviceSpec[], name: string): string[] {
  const device = diskOf(devices, name);
  return device ? [device.name, ...devicesBelow(device).flatMap((below) => stackBelow(devices, below))] : [];
}
