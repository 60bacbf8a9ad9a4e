import type { DmaEvent } from '../../capture/trace/dma';
import { SgTable } from '../../engine/block/sg-table';
import type { DmaDevice, DmaDirection } from '../../engine/dma/dma-ops';
import { opsOf, type DmaMachine, type TracedOps } from './dma-machine';

/** Memory of one entry: physical bytes. */
type Entry = readonly [phys: number, bytes: number];

/** A mapping that the device still has. */
interface Live {
  readonly sg: SgTable;
  readonly size: number;
  readonly dir: string;
}

/** Does again what a trace says was asked of the DMA API, and keeps what that printed until it is compared. */
export class DmaReplay {
  private readonly traced: TracedOps;
  private readonly live: Live[] = [];
  /** What each event that was run should print. */
  private readonly done = new Map<DmaEvent, string>();
  private readonly caused = new Map<string, string[]>();
  private readonly devices = new Map<string, DmaDevice>();

  /** `first`: the first mapping that the trace shows. */
  constructor(
    private readonly machine: DmaMachine,
    first: DmaEvent | undefined,
  ) {
    this.traced = opsOf(machine, first, (event, text) => {
      const queue = this.caused.get(event) ?? [];
      queue.push(text);
      this.caused.set(event, queue);
    });
  }

  get translates(): boolean {
    return this.traced.knows !== undefined;
  }

  /** Runs an event, once, and gives what it should print. */
  run(event: DmaEvent, entries: readonly Entry[] = []): string {
    const before = this.done.get(event);
    if (before !== undefined) return before;
    const ends = event.name === 'dma_unmap' || event.name === 'dma_free';
    const text = ends ? this.unmap(event) : this.map(event, entries);
    this.done.set(event, text);
    return text;
  }

  /** Whether something was caused that is not compared yet. */
  expects(event: string): boolean {
    return (this.caused.get(event)?.length ?? 0) > 0;
  }

  next(event: string): string {
    return this.caused.get(event)?.shift() ?? 'no such event';
  }

  left(): string[] {
    return [...this.caused].flatMap(([event, texts]) => texts.map((text) => `${event} ${text}`));
  }

  private map({ device, bus, cut, dir }: DmaEvent, entries: readonly Entry[]): string {
    if (cut > 0) return 'entries that are not in the trace';
    const { ops, knows } = this.traced;
    const way = direction(dir);
    const sg = new SgTable();
    for (const [phys, bytes] of entries) sg.add(phys, bytes, 0);
    const size = entries.reduce((sum, [, bytes]) => sum + bytes, 0);
    if (bus[0] !== undefined) knows?.(bus[0], entries);
    if (entries.length === 1) {
      sg.dma_address[0] = ops.map_page(this.deviceOf(device), entries[0]![0], size, way).bus;
      sg.dma_length[0] = size;
    } else {
      const nents = ops.map_sg(this.deviceOf(device), sg, way);
      sg.dma_length.fill(0, nents);
    }
    this.live.push({ sg, size, dir });
    return busText(sg);
  }

  private unmap({ name, device, bus, phys }: DmaEvent): string {
    const { ops } = this.traced;
    const at = this.live.findIndex(({ sg }) =>
      bus.length > 0 ? sg.nents === 1 && sg.dma_address[0] === bus[0] : samePhys(sg, phys),
    );
    const [found] = at < 0 ? [] : this.live.splice(at, 1);
    if (!found) return 'nothing is mapped there';
    const { sg, dir, size } = found;
    if (sg.nents === 1) ops.unmap_page(this.deviceOf(device), sg.dma_address[0]!, size, direction(dir));
    else ops.unmap_sg(this.deviceOf(device), sg, direction(dir));
    if (name === 'dma_free') return busText(sg);
    return `${dir} ${bus.length > 0 ? size : sg.nents}`;
  }

  /** A PCI function: 64 bits, boundaries of 4 GiB, and what the driver of NVMe asks for. */
  private deviceOf(name: string): DmaDevice {
    const known = this.devices.get(name);
    if (known) return known;
    const nvme = this.machine.isNvme(name);
    const device: DmaDevice = {
      name,
      dma_mask: Infinity,
      seg_boundary_mask: 0xffffffff,
      max_segment_size: nvme ? 2 ** 32 - 1 : 65536,
      ...(nvme ? { min_align_mask: 4095 } : {}),
    };
    this.devices.set(name, device);
    return device;
  }
}

/**
 * The lengths of entries that became fewer segments: an entry ends where the next one begins, if the IOMMU mapped both as
 * one run, and else with its run; the last one where the segments end.
 */
export function entryLengths({ phys, sizes }: DmaEvent, runs: readonly DmaEvent[]): Entry[] {
  const ends = runs.map(({ phys: [paddr = 0], sizes: [size = 0] }) => [paddr, paddr + size] as const);
  let left = sizes.reduce((sum, size) => sum + size, 0);
  let run = 0;
  return phys.map((start, i) => {
    const next = phys[i + 1];
    const [, end = start] = ends[run] ?? [];
    const within = next !== undefined && next > start && next < end;
    if (!within) run++;
    const bytes = next === undefined ? left : (within ? next : end) - start;
    left -= bytes;
    return [start, bytes];
  });
}

function direction(dir: string): DmaDirection {
  return ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE'].indexOf(dir) as DmaDirection;
}

function samePhys(sg: SgTable, phys: readonly number[]): boolean {
  return sg.nents === phys.length && phys.every((at, i) => sg.phys[i] === at);
}

/** Where the device finds a list, segment by segment. */
function busText({ nents, dma_address, dma_length }: SgTable): string {
  return Array.from({ length: nents }, (_, i) => i)
    .filter((i) => dma_length[i] !== 0)
    .map((i) => `${dma_address[i]!.toString(16)}+${dma_length[i]!}`)
    .join(' ');
}
