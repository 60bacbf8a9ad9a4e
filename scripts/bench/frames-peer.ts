import type { MapView } from '../../src/protocol/map-view';

interface PageObject {
  readonly pfn: number;
  readonly kind: string;
  flags: number;
}

/** What a first attempt would be: an object for every page, and a loop that draws a rectangle for each in view. */
export class ObjectPages {
  private readonly pages: PageObject[] = [];

  constructor({ extents, states }: MapView, total: number) {
    let extent = 0;
    for (let pfn = 0; pfn < total; pfn++) {
      while (extent < extents.length - 1 && pfn * 4096 >= extents[extent]!.end) extent++;
      this.pages.push({ pfn, kind: extents[extent]!.kind, flags: 0 });
    }
    if (!states) return;
    for (let run = 0; run < states.start.length; run++) {
      const start = states.start[run]!;
      for (let pfn = start; pfn < start + states.count[run]!; pfn++)
        this.pages[pfn]!.flags |= states.flags[run]!;
    }
  }

  draw(context: CanvasRenderingContext2D, from: number, count: number): void {
    const { width, height } = context.canvas;
    const per = width / count;
    context.clearRect(0, 0, width, height);
    for (let pfn = from; pfn < Math.min(from + count, this.pages.length); pfn++) {
      const { kind, flags } = this.pages[pfn]!;
      context.fillStyle = kind === 'ram' ? '#3794ff' : kind === 'pmem' ? '#d18616' : '#808080';
      context.fillRect((pfn - from) * per, 0, per, height - 12);
      if (flags === 0) continue;
      context.fillStyle = '#b180d7';
      context.fillRect((pfn - from) * per, height - 10, per, 10);
    }
  }
}
