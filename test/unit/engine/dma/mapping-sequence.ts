import type { DmaDevice, DmaDirection, DmaOps } from '../../../../src/engine/dma/dma-ops';
import type { Walk } from '../../../../src/engine/dma/iommu/page-table';

const PAGE = 4096;
/** The owner of a page that once was mapped. */
const UNMAPPED = -1;

/** A small generator of our own, so that a million steps cost no more than the steps. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface Mapper {
  readonly ops: DmaOps;
  /** What the device reads for a bus address. */
  readonly walk: (device: DmaDevice, bus: number) => Walk;
  /** Where a page that is not mapped leads, if anywhere: bytes. */
  readonly scratch?: number;
  /** What runs now and then by itself: a timer. */
  readonly flush?: () => void;
}

interface Live {
  readonly bus: number;
  readonly phys: number;
  readonly size: number;
  readonly dir: DmaDirection;
}

export interface Outcome {
  /** What went against a rule, and at which step. */
  readonly wrong: string[];
  readonly maps: number;
  readonly errors: number;
}

/**
 * So many random maps and unmaps of a 32-bit device. Every page that is mapped must have been free and lead to the memory it
 * was mapped for, as long as it lives; what is unmapped must lead nowhere. Ends with all unmapped, and a look at each page that ever was mapped.
 */
export function mappingSequence(
  { ops, walk, scratch, flush }: Mapper,
  device: DmaDevice,
  { steps, seed, most = 1500 }: { steps: number; seed: number; most?: number },
): Outcome {
  const next = random(seed);
  /** By page of the bus: the step that mapped it; 0 or less is free. */
  const owner = new Int32Array(2 ** 20);
  const live: Live[] = [];
  const wrong: string[] = [];
  let maps = 0;
  let errors = 0;

  const pages = ({ bus, size }: Live) => Math.ceil(((bus % PAGE) + size) / PAGE);
  const leads = (one: Live, page: number) => {
    const bus = page === 0 ? one.bus : one.bus - (one.bus % PAGE) + page * PAGE;
    return walk(device, bus).phys === one.phys + (bus - one.bus);
  };

  const map = (step: number): void => {
    const phys = next(2 ** 21) * PAGE + (next(2) === 0 ? 0 : next(PAGE));
    const size = 1 + next(next(20) === 0 ? 262_144 : 16_384);
    const dir = next(3) as DmaDirection;
    const { bus, error } = ops.map_page(device, phys, size, dir);
    if (error) {
      errors++;
      return;
    }
    maps++;
    const one = { bus, phys, size, dir };
    const first = Math.floor(bus / PAGE);
    for (let i = 0; i < pages(one); i++) {
      if (owner[first + i]! > 0) wrong.push(`step ${step}: page ${first + i} has two mappings`);
      owner[first + i] = step;
    }
    if (!leads(one, next(pages(one)))) wrong.push(`step ${step}: ${bus} leads elsewhere`);
    live.push(one);
  };

  const unmap = (step: number, at: number): void => {
    const one = live[at]!;
    live[at] = live.at(-1)!;
    live.pop();
    if (!leads(one, next(pages(one)))) wrong.push(`step ${step}: ${one.bus} leads elsewhere at its unmap`);
    ops.unmap_page(device, one.bus, one.size, one.dir);
    const first = Math.floor(one.bus / PAGE);
    owner.fill(UNMAPPED, first, first + pages(one));
    leadsNowhere(step, first + next(pages(one)));
  };

  const leadsNowhere = (step: number, page: number): void => {
    if (walk(device, page * PAGE).phys !== scratch) wrong.push(`step ${step}: page ${page} leads somewhere`);
  };

  for (let step = 1; step <= steps && wrong.length < 10; step++) {
    if (next(500) === 0) flush?.();
    if (live.length > 0 && (live.length >= most || next(100) < 49)) unmap(step, next(live.length));
    else map(step);
  }
  while (live.length > 0) unmap(steps, live.length - 1);
  flush?.();
  for (const [page, state] of owner.entries()) if (state === UNMAPPED) leadsNowhere(steps, page);
  return { wrong, maps, errors };
}
