import type { ScenarioName } from '../../model/scenario';
import type { AddressSpace } from '../memory/address-space';
import { World, type Program } from '../tasks/program';

/** One line of a world's state. `alarm` marks what is out of order. */
export interface StateFact {
  readonly label: string;
  readonly value: string;
  readonly alarm?: boolean;
}

/** Physical bytes mapped through kmap, and by whom; `end` is exclusive. */
export interface KmapWindow {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** A world that can be watched while its tasks run. */
export abstract class Scene extends World {
  abstract facts(): readonly StateFact[];

  /** What of the stage's disk is mapped through kmap right now. */
  windows(): readonly KmapWindow[] {
    return [];
  }
}

/** The disk a scenario is played on. Physical bytes; `end` is exclusive. */
export interface Stage {
  readonly disk: string;
  readonly start: number;
  readonly end: number;
  readonly space: AddressSpace;
}

export interface Variant {
  readonly name: string;
  readonly title: string;
  /** True where the rules are a reconstruction or a hope, so that the user must see the badge. */
  readonly reconstructed: boolean;
  readonly program: (stage: Stage) => Program<Scene>;
  /** Words of the ending to open with; otherwise the most frequent one that breaks something. */
  readonly opensWith?: string;
}

export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  /** What to look for, in a sentence or two. */
  readonly about: string;
  /** Where the modelled rules come from. */
  readonly source: string;
  readonly variants: readonly [Variant, ...Variant[]];
}

export function programOf<S extends Scene>(program: Program<S>): Program<Scene> {
  return program as unknown as Program<Scene>;
}
