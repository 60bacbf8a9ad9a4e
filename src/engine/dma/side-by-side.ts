import { PAGE_SIZE } from '../../model/address';
import type { MachineSpec } from '../../model/machine-spec';
import { SgTable } from '../block/sg-table';
import { PhysicalBytes } from '../memory/bytes';
import { DirectMap } from '../memory/direct-map';
import { PhysicalMap } from '../memory/physical-map';
import { faultText, Oops } from '../oops';
import type { DmaDevice, DmaDirection, DmaOps, Mapping } from './dma-ops';
import { candidatesOf, type Candidate } from './candidates';
import type { Walk } from './iommu/page-table';
import type { DmaWorld, MadeOps } from './make-ops';
import { dma_map_pfn, dmaPfnForm } from './mapping';

/** An entry as a device sees it. `how`: memory's own address, a slot of the pool, or one that hardware translates. */
export interface SeenEntry {
  readonly bus: number;
  readonly length: number;
  readonly how: 'same' | 'bounced' | 'translated';
}

/** What `dma_map_pfn` gives. `no-build`: a kernel without it. */
export type FirstFrame =
  | { readonly how: 'no-build' }
  | { readonly how: 'fault'; readonly fault: string }
  | ({ readonly how: 'mapped' } & Mapping);

/** What one implementation makes of a list. */
export interface SideBySide {
  readonly candidate: Candidate;
  /** Entries the device sees; none where the list could not be mapped. */
  readonly seen: readonly SeenEntry[];
  /** Bytes the CPU copied for it. */
  readonly copied: number;
  readonly messages: readonly string[];
  /** What dma_map_pfn() gives for the first page frame of the list, in this kernel's form. */
  readonly mapPfn: FirstFrame;
  /** The fault that ended it, if one did. */
  readonly fault: string;
  /** The page-table walk of the first entries, where there is a table. */
  readonly walks: readonly { readonly bus: number; readonly walk: Walk }[];
}

/** An entry to map. Bytes. */
export interface SideBySideEntry {
  readonly phys: number;
  readonly length: number;
  readonly pageless: boolean;
}

/** Walks that are shown: enough to see neighbours. */
const WALKS = 4;

/** Maps one list by each implementation the machine's kernel has, each in a world of its own, as freshly booted. */
export function sideBySide(
  spec: MachineSpec,
  device: DmaDevice,
  entries: readonly SideBySideEntry[],
  dir: DmaDirection,
): SideBySide[] {
  const map = new PhysicalMap(spec);
  return candidatesOf(spec.kernel).map((candidate) => mapOnce(candidate, spec, map, device, entries, dir));
}

function mapOnce(
  candidate: Candidate,
  spec: MachineSpec,
  map: PhysicalMap,
  device: DmaDevice,
  entries: readonly SideBySideEntry[],
  dir: DmaDirection,
): SideBySide {
  const world = new World(map);
  const made = candidate.make(spec, world);
  const sg = new SgTable();
  for (const { phys, length, pageless } of entries) sg.add(phys, length, pageless ? 1 : 0);
  let nents = 0;
  let fault = '';
  try {
    nents = made.ops.map_sg(device, sg, dir);
  } catch (error) {
    if (!(error instanceof Oops)) throw error;
    fault = faultText(error);
  }
  const seen = Array.from({ length: nents }, (_, i): SeenEntry => {
    const bus = sg.dma_address[i]!;
    return { bus, length: sg.dma_length[i]!, how: howOf(made, device, bus, sg.phys[i]!) };
  });
  const walks = seen.slice(0, WALKS).flatMap(({ bus }) => {
    const walk = made.walk?.(device, bus);
    return walk ? [{ bus, walk }] : [];
  });
  const mapPfn = firstFrame(spec, candidate.make(spec, new World(map)).ops, device, entries[0]!, dir);
  return { candidate, mapPfn, seen, copied: world.copied, messages: world.messages, fault, walks };
}

function howOf({ ops, pool }: MadeOps, device: DmaDevice, bus: number, phys: number): SeenEntry['how'] {
  const at = reached(ops, device, bus);
  if (at !== undefined && at !== phys && pool?.holds(at)) return 'bounced';
  return bus === phys ? 'same' : 'translated';
}

function reached(ops: DmaOps, device: DmaDevice, bus: number): number | undefined {
  return ops.reach ? ops.reach(device, bus) : bus;
}

/** One page frame, mapped for itself by ops that have mapped nothing yet. */
function firstFrame(
  { kernel }: MachineSpec,
  ops: DmaOps,
  device: DmaDevice,
  { phys, length, pageless }: SideBySideEntry,
  dir: DmaDirection,
): FirstFrame {
  const offset = phys % PAGE_SIZE;
  const size = Math.min(length, PAGE_SIZE - offset);
  const run = { pfn: (phys - offset) / PAGE_SIZE, dev: pageless ? 1 : 0, offset, size };
  try {
    const mapped = dma_map_pfn(dmaPfnForm(kernel), ops, device, run, dir);
    return mapped === 'no-build' ? { how: 'no-build' } : { how: 'mapped', ...mapped };
  } catch (error) {
    if (!(error instanceof Oops)) throw error;
    return { how: 'fault', fault: faultText(error) };
  }
}

/** A kernel around some ops, as freshly booted: it counts what they do. */
class World implements DmaWorld {
  readonly messages: string[] = [];
  copied = 0;
  private readonly direct: DirectMap;
  /** Where page tables lie is an example. */
  private next = 0x1000000;
  readonly memory = { get_zeroed_page: () => (this.next += PAGE_SIZE), free_page: () => undefined };

  constructor(readonly map: PhysicalMap) {
    this.direct = new DirectMap(map, new PhysicalBytes());
  }

  readonly mod_timer = () => undefined;

  readonly printk = (message: string): void => {
    this.messages.push(message);
  };

  readonly copy = (from: number, to: number, bytes: number): void => {
    this.direct.memcpy(from, to, bytes);
    this.copied += bytes;
  };
}
