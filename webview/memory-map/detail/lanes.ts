import { FRAME_FLAGS, type FrameFlag, type Frames } from '../../../src/model/frames';
import type { MapView } from '../../../src/protocol/map-view';

export const LANES = [
  'ruler',
  'zones',
  'physical',
  'memmap',
  'sections',
  'namespaces',
  'swiotlb',
  'marks',
  'bio',
  'kmap',
  'userPte',
] as const;
export type LaneName = (typeof LANES)[number];

/** A lane of the detail view: what its label says, where it is, px. */
export interface Lane {
  readonly name: LaneName;
  readonly label: string;
  readonly y: number;
  readonly height: number;
}

export interface LaneLayout {
  readonly lanes: readonly Lane[];
  readonly height: number;
}

const SHAPE: Readonly<Record<LaneName, readonly [label: string, height: number]>> = {
  ruler: ['address', 14],
  zones: ['zones', 18],
  physical: ['physical', 60],
  memmap: ['struct page', 20],
  sections: ['sections', 12],
  namespaces: ['namespaces', 18],
  swiotlb: ['swiotlb', 14],
  marks: ['notes', 18],
  bio: ['bios', 12],
  kmap: ['kmap', 12],
  userPte: ['user PTEs', 12],
};

const GAP = 6;

/** The lanes that have something to show on this machine, top to bottom. */
export function layoutLanes(view: MapView, frames: Frames, total: number): LaneLayout {
  const shown = LANES.filter((name) => has(name, view, frames, total));
  let y = 2;
  const lanes = shown.map((name) => {
    const [label, height] = SHAPE[name];
    const lane = { name, label, y, height };
    y += height + GAP;
    return lane;
  });
  return { lanes, height: y };
}

function has(name: LaneName, view: MapView, frames: Frames, total: number): boolean {
  const any = (flag: FrameFlag) => frames.count(0, total, FRAME_FLAGS[flag]) > 0;
  switch (name) {
    case 'ruler':
    case 'physical':
    case 'memmap':
      return true;
    case 'zones':
      return view.zones.length > 0;
    case 'sections':
      return view.sectionSize > 0;
    case 'namespaces':
      return view.namespaces.some(({ at }) => at !== undefined);
    case 'swiotlb':
      return view.swiotlb !== undefined || any('swiotlb');
    case 'marks':
      return view.marks.length > 0;
    case 'bio':
    case 'kmap':
    case 'userPte':
      return any(name);
  }
}
