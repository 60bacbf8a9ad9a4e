import type { RangeKind } from '../model/machine-spec';
import type { MapTotals, PageOwner } from '../model/pages';

/** One line of an inspector: plain text on both sides; `code` asks for the editor font. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly code?: boolean;
  readonly badge?: 'reconstructed' | 'assumed';
}

/** A run of physical memory to draw. Addresses are bytes below 2^52; `end` is exclusive. */
export interface MapExtent {
  readonly start: number;
  readonly end: number;
  readonly kind: RangeKind | 'hole';
  readonly name: string;
  readonly page: PageOwner;
  readonly assumed?: string | undefined;
  readonly facts: readonly Fact[];
}

export interface MapView {
  readonly extents: readonly MapExtent[];
  readonly totals: MapTotals;
}

/** How one I/O of the workload went, in words. */
export interface IoSummary {
  readonly number: number;
  /** Its bio in the Recording, or -1 when none was made. */
  readonly bio: number;
  readonly title: string;
  readonly outcome: string;
  readonly ok: boolean;
  readonly because: string;
}

export interface MachineView {
  readonly name: string;
  readonly origin: string;
  readonly flavour: string;
  readonly reconstructed: boolean;
  readonly notes: readonly string[];
  readonly map: MapView;
  readonly workload: readonly IoSummary[];
  /** The Recording of the workload, encoded; absent when there is no workload. */
  readonly recording?: Uint8Array | undefined;
}

/** What is selected, in every view alike: an extent by its first byte, an I/O by its number. */
export interface Selection {
  readonly extent?: number | undefined;
  readonly io?: number | undefined;
}

export type PictureName = 'memory-map' | 'byte-ribbons';

/** Everything a webview shows. Always sent whole: a hidden webview loses messages, so none may depend on another. */
export interface ViewState {
  readonly machine?: MachineView | undefined;
  readonly selection: Selection;
  /** The picture to bring into view, when somebody just asked for it. */
  readonly reveal?: PictureName | undefined;
}
