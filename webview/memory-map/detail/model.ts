import { pagesOf, type BioVector } from '../../../src/model/bio-vectors';
import { firstThat } from '../../../src/model/first-that';
import type { Frames } from '../../../src/model/frames';
import type { MapExtent, MapView } from '../../../src/protocol/map-view';
import { isMemory } from './extents';
import type { Ground, Place } from './navigate';
import { pageStates } from './page-states';
import { framing, type Span } from './zoom';

/** What the detail view draws: a machine's map with the state of each page. Made once a map, not once a picture. */
export class DetailModel {
  readonly frames: Frames;
  /** Pages from 0 to the last claimed byte. */
  readonly total: number;
  readonly borders: readonly number[];
  private readonly starts: Float64Array;
  private readonly byPfn: readonly BioVector[];
  /** Pages of the longest vector: how far before a page one that reaches it can begin. */
  private readonly longest: number;

  constructor(
    readonly view: MapView,
    vectors: readonly BioVector[],
    frames = pageStates(view, vectors),
  ) {
    this.byPfn = [...vectors].sort((a, b) => a.pfn - b.pfn);
    this.longest = vectors.reduce((most, vector) => Math.max(most, pagesOf(vector)), 1);
    this.frames = frames;
    this.total = Math.ceil((view.extents.at(-1)?.end ?? 0) / 4096);
    this.starts = Float64Array.from(view.extents, (extent) => extent.start);
    this.borders = [...new Set(view.extents.map((extent) => Math.ceil(extent.start / 4096)))];
  }

  /** The index of the extent that holds a byte, or of the one before it. */
  indexAt(address: number): number {
    return firstThat(this.starts.length, (i) => this.starts[i]! > address) - 1;
  }

  /** The vectors that point into pages [from, to), by pfn. */
  *vectorsIn(from: number, to: number): Generator<BioVector> {
    const { byPfn, longest } = this;
    for (let i = firstThat(byPfn.length, (n) => byPfn[n]!.pfn > from - longest); i < byPfn.length; i++) {
      const vector = byPfn[i]!;
      if (vector.pfn >= to) return;
      if (vector.pfn + pagesOf(vector) > from) yield vector;
    }
  }

  extentAt(address: number): MapExtent | undefined {
    const extent = this.view.extents[this.indexAt(address)];
    return extent && address < extent.end ? extent : undefined;
  }

  ground(cells: boolean): Ground {
    return { total: this.total, borders: this.borders, cells };
  }

  /** All memory, without the devices and holes above it. */
  get memory(): Span {
    const memory = [...this.view.extents].reverse().find(isMemory);
    return framing(0, memory ? Math.ceil(memory.end / 4096) : this.total, this.total);
  }

  /** Where a person starts: all memory in view, and the cursor where the story is, else in RAM. */
  get start(): Place {
    const { extents } = this.view;
    const largest = extents.filter(isMemory).sort((a, b) => b.end - b.start - (a.end - a.start));
    const extent = largest.find((e) => e.kind === 'pmem' && e.page === 'none') ?? largest[0];
    return { span: this.memory, cursor: Math.ceil((extent?.start ?? 0) / 4096) };
  }
}
