import type { DeviceSpec } from '../../model/device-spec';
import type { DmaSpec } from '../../model/dma-spec';
import type { KernelChoice } from '../../model/flavour';
import type { BioscopeDocument, MachineSpec } from '../../model/machine-spec';
import type { Io } from '../../model/workload-spec';

/** What runs to show a file of the series: the last device is the one that is asked. */
export interface Model {
  readonly devices: readonly DeviceSpec[];
  readonly dma?: DmaSpec;
  /** What its I/O looks like where one page at sector 0 would not do. Page frames from the start of a region. */
  readonly vecs?: readonly { readonly page: number; readonly offset: number; readonly len: number }[];
  /** How a page-less bio is built; `raw` if absent: past the checks, for what the driver then does to it. */
  readonly add?: Io['add'];
  /** Who makes the bios, if not the workload itself. */
  readonly by?: Io['by'];
  /** False: it cannot be written to; what a read finds was there before. */
  readonly written?: false;
  /** What it shows of a read alone, or of a write alone. */
  readonly only?: 'read' | 'write';
}

const RAM = { source: 0x1000, target: 0x2000 };
/** First page-less page frame. */
const DEVICE = 0x40000;

const RANGES: MachineSpec['memory']['ranges'] = [
  { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
  { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
];

/** A machine with a model's devices, and memory of both kinds. */
export function machineOf(model: Model, name: string, { flavour, posting }: KernelChoice): MachineSpec {
  return {
    name,
    kernel: { flavour, ...(posting ? { posting } : {}) },
    memory: { ranges: RANGES },
    devices: [...model.devices],
    ...(model.dma ? { dma: model.dma } : {}),
  };
}

export type Memory = 'page-backed' | 'page-less';

/** A write of known bytes, or a read of them. */
export function ioOf(model: Model, op: 'read' | 'write', memory: Memory, which: keyof typeof RAM): Io {
  const first = memory === 'page-less' ? DEVICE + RAM[which] : RAM[which];
  const vecs = model.vecs ?? [{ page: 0, offset: 0, len: 4096 }];
  return {
    op,
    device: model.devices.at(-1)!.name,
    sector: 0,
    add: memory === 'page-less' ? (model.add ?? 'raw') : 'bio_add_page',
    ...(model.by ? { by: model.by } : {}),
    vecs: vecs.map(({ page, offset, len }) => ({ pfn: `0x${(first + page).toString(16)}`, offset, len })),
    ...(op === 'write' ? { fill: 1 } : {}),
  };
}

/** A document that shows it: bytes through pages there and back, then memory without pages - asked for, and forced. */
export function documentOf(model: Model, name: string, kernel: KernelChoice): BioscopeDocument {
  const writes = model.only !== 'read';
  const pageless = ioOf(model, writes ? 'write' : 'read', 'page-less', 'source');
  return {
    bioscope: 1,
    machine: machineOf(model, name, kernel),
    workload: [
      ...(writes ? [ioOf(model, 'write', 'page-backed', 'source')] : []),
      ...(model.only === 'write' ? [] : [ioOf(model, 'read', 'page-backed', 'target')]),
      { ...pageless, add: 'bio_add_pfn' },
      pageless,
    ],
    notes: `${name}: what it does with memory that has struct pages and with memory that has none.`,
  };
}
