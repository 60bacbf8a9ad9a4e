import type { MarkChange, Request } from '../src/protocol/messages';
import type { MapExtent, MachineView, Selection, ViewState } from '../src/protocol/view-state';
import type { CostInput } from './memory-map/cost';
import type { DmaInput } from './dma/view';
import type { LessonPlayer } from './lesson/view';
import type { MapInput } from './memory-map/detail/element';
import type { ScenarioPlayer } from './scenario/view';
import type { Player } from './timeline/player';
import type { RunTo } from './timeline/transport';
import type { Unfolding } from './unfold';

/** What a surface needs to draw itself: the state, the room, and the ways to answer. */
export interface Page {
  readonly state: ViewState;
  /** px inside the page's padding. */
  readonly width: number;
  readonly select: (selection: Selection) => void;
  readonly request: (request: Request) => void;
  readonly losePower: (at: number | undefined) => void;
  readonly search: (text: string) => void;
  readonly changeMarks: (change: MarkChange) => void;
  readonly unfolding: Unfolding;
  /** Where somebody is in the detail of the map. */
  readonly place: MapInput['place'];
  readonly cost: CostInput;
  readonly scenario: ScenarioPlayer;
  readonly player: Player;
  readonly runTo: { readonly value: RunTo; readonly set: (runTo: RunTo) => void };
  readonly lesson: LessonPlayer;
  readonly dma: Pick<DmaInput, 'choice' | 'choose'>;
}

/** The extent somebody selected, if any. */
export function selectedExtent(machine: MachineView, { extent }: Selection): MapExtent | undefined {
  return extent === undefined
    ? undefined
    : machine.map.extents.find((e) => extent >= e.start && extent < e.end);
}

/** The extent a page talks about: the selected one, else the first without struct pages, else other pmem, else RAM. */
export function extentInView(machine: MachineView, selection: Selection): MapExtent | undefined {
  const { extents } = machine.map;
  const selected = selectedExtent(machine, selection);
  if (selected) return selected;
  const pmem = extents.filter((e) => e.kind === 'pmem');
  const ram = extents.filter((e) => e.kind === 'ram').sort((a, b) => b.end - b.start - (a.end - a.start));
  return pmem.find((e) => e.page === 'none') ?? pmem[0] ?? ram[0] ?? extents[0];
}
