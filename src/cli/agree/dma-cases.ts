import type { DmaEvent } from '../../capture/trace/dma';
import { compare, type Case } from './case';
import type { DmaMachine } from './dma-machine';
import { DmaReplay, entryLengths } from './dma-replay';

/**
 * The DMA events of a trace of 6.12, one case each. What was asked for is the input: the memory of each mapping, its
 * direction, and which mapping ends. Compared is where the device finds it, what is bounced, and what the IOMMU maps.
 *
 * Which places of the pool and of the I/O virtual space others hold is not in a trace. So the first mapping of a trace says
 * where the search in the pool stood, and an I/O virtual address that was not freed in the trace before is taken from it:
 * of these, alignment, offset and that nothing else has the place are compared, of all others the address. `dma_alloc`
 * without an IOMMU is no case: coherent memory is wherever the page allocator has some.
 */
export function* dmaCases(events: readonly DmaEvent[], machine: DmaMachine): Generator<Case> {
  const replay = new DmaReplay(
    machine,
    events.find(({ name }) => name === 'dma_map'),
  );
  for (const [i, event] of events.entries()) {
    const name = `line ${event.line}: ${event.name}`;
    switch (event.name) {
      case 'dma_map':
        yield compare(name, mapText(event), replay.run(event, lengthsOf(events, i)));
        break;
      case 'dma_unmap':
        yield compare(name, unmapText(event), replay.run(event));
        break;
      case 'dma_alloc':
      case 'dma_free':
        if (!replay.translates) break;
        yield compare(name, mapText(event), replay.run(event, lengthsOf(events, i)));
        break;
      default: {
        // What causes it is mostly printed after it; an interrupt may unmap something in between.
        if (!replay.expects(event.name)) {
          const at = events.findIndex((one, k) => k > i && one.task === event.task && causes(one, event));
          if (at >= 0) replay.run(events[at]!, lengthsOf(events, at));
        }
        yield compare(name, causedText(event), replay.next(event.name));
      }
    }
  }
  for (const text of replay.left())
    yield { name: 'after the last line', agrees: false, expected: 'nothing more', got: text };
}

function causes({ name }: DmaEvent, { name: caused }: DmaEvent): boolean {
  return caused === 'unmap' ? name === 'dma_unmap' : name === 'dma_map' || name === 'dma_alloc';
}

/** The memory of a mapping's entries: from the event itself or, where entries were joined, from what the IOMMU mapped. */
function lengthsOf(
  events: readonly DmaEvent[],
  at: number,
): readonly (readonly [phys: number, bytes: number])[] {
  const event = events[at]!;
  const { phys, sizes, task } = event;
  if (event.name === 'dma_map' && phys.length === sizes.length)
    return phys.map((start, i) => [start, sizes[i]!] as const);
  let from = at;
  while (
    from > 0 &&
    !(events[from - 1]!.task === task && causes(events[from - 1]!, { ...event, name: 'map' }))
  )
    from--;
  const runs = events.slice(from, at).filter((one) => one.task === task && one.name === 'map');
  if (event.name === 'dma_map') return entryLengths(event, runs);
  return runs.slice(-1).map((run) => [run.phys[0]!, sizes[0]!] as const);
}

function mapText({ bus, sizes }: DmaEvent): string {
  return bus.map((at, i) => `${at.toString(16)}+${sizes[i]!}`).join(' ');
}

function unmapText({ dir, bus, phys, sizes }: DmaEvent): string {
  return `${dir} ${bus.length > 0 ? sizes[0]! : phys.length}`;
}

function causedText({ name, phys, bus, sizes }: DmaEvent): string {
  if (name === 'swiotlb_bounced') return `${phys[0]!.toString(16)}+${sizes[0]!}`;
  const where = `${bus[0]!.toString(16)}+${sizes[0]!}`;
  return name === 'map' ? `${where} at ${phys[0]!.toString(16)}` : where;
}
