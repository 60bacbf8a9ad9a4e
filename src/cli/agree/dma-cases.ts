import type { DmaEvent } from '../../capture/trace/dma';
import { SgTable } from '../../engine/block/sg-table';
import type { DmaDevice, DmaDirection, DmaOps } from '../../engine/dma/dma-ops';
import { compare, type Case } from './case';
import { bounceText, iommuText, opsOf, type DmaMachine } from './dma-machine';

/** A mapping that the device still has. */
interface Live {
  readonly sg: SgTable;
  readonly size: number;
  readonly dir: string;
}

/**
 * The DMA events of a trace of 6.12, one case each. What was asked for is the input: the memory of each mapping, its
 * direction, and which mapping ends. Compared is where the device finds it, what is bounced, and what the IOMMU maps.
 *
 * The places of the pool and of the I/O virtual space that others use are not in a trace. So the first mapping of a trace
 * says where the search stood; of it, only its alignment and its offset into slot or page are compared, of all others the
 * address.
 */
export function* dmaCases(events: readonly DmaEvent[], machine: DmaMachine): Generator<Case> {
  const first = events.find(({ name }) => name === 'dma_map');
  const caused: { at: number; text: string }[] = [];
  let line = 0;
  const ops = opsOf(machine, first, (text) => caused.push({ at: line, text }));
  const device = {
    name: first?.device ?? '',
    dma_mask: Infinity,
    seg_boundary_mask: 0xffffffff,
    max_segment_size: 2 ** 32 - 1,
    ...(machine.isNvme(first?.device ?? '') ? { min_align_mask: 4095 } : {}),
  };
  const run = new Run(ops, device);
  for (const [i, event] of events.entries()) {
    line = event.line;
    const name = `line ${line}: ${event.name}`;
    switch (event.name) {
      case 'dma_map':
        yield compare(name, mapText(event), run.map(event));
        break;
      case 'dma_unmap':
        yield compare(name, unmapText(event), run.unmap(event));
        break;
      default: {
        // The mapping that causes it is printed after it; an interrupt may unmap something in between.
        const cause = events
          .slice(i)
          .find(
            (one) =>
              one.task === event.task && one.name === (event.name === 'unmap' ? 'dma_unmap' : 'dma_map'),
          );
        if (cause?.name === 'dma_map') run.map(cause);
        else if (cause) run.unmap(cause);
        yield compare(name, causedText(event), caused.shift()?.text ?? 'no such event');
      }
    }
  }
  for (const { at, text } of caused)
    yield { name: `line ${at}: more`, agrees: false, expected: 'nothing more', got: text };
}

class Run {
  private readonly live: Live[] = [];
  private readonly mapped = new Map<DmaEvent, string>();
  private readonly unmapped = new Map<DmaEvent, string>();

  constructor(
    private readonly ops: DmaOps,
    private readonly device: DmaDevice,
  ) {}

  /** Maps what an event asks for, once; gives what it should print. */
  map(event: DmaEvent): string {
    const before = this.mapped.get(event);
    if (before !== undefined) return before;
    const text = this.mapNow(event);
    this.mapped.set(event, text);
    return text;
  }

  private mapNow({ phys, sizes, dir, cut }: DmaEvent): string {
    if (cut > 0) return 'entries that are not in the trace';
    const sg = new SgTable();
    for (const [i, at] of phys.entries()) sg.add(at, sizes[i] ?? 0, 0);
    if (phys.length === 1) {
      const { bus } = this.ops.map_page(this.device, phys[0]!, sizes[0]!, direction(dir));
      sg.dma_address[0] = bus;
      sg.dma_length[0] = sizes[0]!;
    } else {
      const nents = this.ops.map_sg(this.device, sg, direction(dir));
      sg.dma_length.fill(0, nents);
    }
    this.live.push({ sg, size: sizes.reduce((a, b) => a + b, 0), dir });
    return busText(sg);
  }

  unmap(event: DmaEvent): string {
    const before = this.unmapped.get(event);
    if (before !== undefined) return before;
    const text = this.unmapNow(event);
    this.unmapped.set(event, text);
    return text;
  }

  private unmapNow({ bus, phys }: DmaEvent): string {
    const at = this.live.findIndex(({ sg }) =>
      bus.length > 0 ? sg.nents === 1 && sg.dma_address[0] === bus[0] : samePhys(sg, phys),
    );
    const [found] = at < 0 ? [] : this.live.splice(at, 1);
    if (!found) return 'nothing is mapped there';
    const { sg, dir, size } = found;
    if (sg.nents === 1) this.ops.unmap_page(this.device, sg.dma_address[0]!, size, direction(dir));
    else this.ops.unmap_sg(this.device, sg, direction(dir));
    return `${dir} ${bus.length > 0 ? size : sg.nents}`;
  }
}

function direction(dir: string): DmaDirection {
  return (['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE'] as const).indexOf(dir as 'TO_DEVICE') as DmaDirection;
}

function samePhys(sg: SgTable, phys: readonly number[]): boolean {
  return sg.nents === phys.length && phys.every((at, i) => sg.phys[i] === at);
}

/** Where the device finds a list, entry by entry. */
function busText({ nents, dma_address, dma_length }: SgTable): string {
  return Array.from({ length: nents }, (_, i) => i)
    .filter((i) => dma_length[i] !== 0)
    .map((i) => `${dma_address[i]!.toString(16)}+${dma_length[i]!}`)
    .join(' ');
}

function mapText({ bus, sizes }: DmaEvent): string {
  return bus.map((at, i) => `${at.toString(16)}+${sizes[i]!}`).join(' ');
}

function unmapText({ dir, bus, phys, sizes }: DmaEvent): string {
  return `${dir} ${bus.length > 0 ? sizes[0]! : phys.length}`;
}

function causedText({ name, phys, bus, sizes }: DmaEvent): string {
  return name === 'swiotlb_bounced'
    ? bounceText(phys[0]!, sizes[0]!)
    : iommuText(name, bus[0]!, sizes[0]!, phys[0]);
}
