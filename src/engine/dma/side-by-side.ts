import { PAGE_SIZE } from '../../model/address';
import type { MachineSpec } from '../../model/machine-spec';
import { SgTable } from '../block/sg-table';
import { PhysicalBytes } from '../memory/bytes';
import { DirectMap } from '../memory/direct-map';
import { PhysicalMap } from '../memory/physical-map';
import { Oops } from '../oops';
import type { DmaDevice, DmaDirection, DmaOps } from './dma-ops';
import { candidatesOf, type Candidate } from './candidates';
import type { Walk } from './iommu/page-table';
import type { MadeOps } from './make-ops';

/** An entry as a device sees it. `how`: memory's own address, a slot of the pool, or one that hardware translates. */
export interface SeenEntry {
  readonly bus: number;
  readonly length: number;
  readonly how: 'same' | 'bounced' | 'translated';
}

/** What one implementation makes of a list. */
export interface SideBySide {
  readonly candidate: Candidate;
  /** Entries the device sees; none where the list could not be mapped. */
  readonly seen: readonly SeenEntry[];
  /** Bytes the CPU copied for it. */
  readonly copied: number;
  readonly messages: readonly string[];
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
  const messages: string[] = [];
  let copied = 0;
  const direct = new DirectMap(map, new PhysicalBytes());
  const made = candidate.make(spec, {
    map,
    printk: (message) => {
      messages.push(message);
    },
    memory: tablePages(),
    mod_timer: () => undefined,
    copy: (from, to, bytes) => {
      direct.memcpy(from, to, bytes);
      copied += bytes;
    },
  });
  const sg = new SgTable();
  for (const { phys, length, pageless } of entries) sg.add(phys, length, pageless ? 1 : 0);
  let nents = 0;
  let fault = '';
  try {
    nents = made.ops.map_sg(device, sg, dir);
  } catch (error) {
    if (!(error instanceof Oops)) throw error;
    fault = error.message;
  }
  const seen = Array.from({ length: nents }, (_, i): SeenEntry => {
    const bus = sg.dma_address[i]!;
    return { bus, length: sg.dma_length[i]!, how: howOf(made, device, bus, sg.phys[i]!) };
  });
  const walks = seen.slice(0, WALKS).flatMap(({ bus }) => {
    const walk = made.walk?.(device, bus);
    return walk ? [{ bus, walk }] : [];
  });
  return { candidate, seen, copied, messages, fault, walks };
}

function howOf({ ops, pool }: MadeOps, device: DmaDevice, bus: number, phys: number): SeenEntry['how'] {
  const at = reached(ops, device, bus);
  if (at !== undefined && at !== phys && pool?.holds(at)) return 'bounced';
  return bus === phys ? 'same' : 'translated';
}

function reached(ops: DmaOps, device: DmaDevice, bus: number): number | undefined {
  return ops.reach ? ops.reach(device, bus) : bus;
}

/** Pages of page tables: where they lie is an example. */
function tablePages() {
  let next = 0x1000000;
  return { get_zeroed_page: () => (next += PAGE_SIZE), free_page: () => undefined };
}
