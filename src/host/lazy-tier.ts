import { Machine } from '../engine/machine';
import { afterPowerFailure, runUntilPowerFails } from '../engine/persistence/power-failure';
import type { BioscopeDocument, MachineSpec } from '../model/machine-spec';
import { isCache } from '../model/tier-kinds';
import type { Selection } from '../protocol/view-state';
import type { TierMapView, TierView } from '../protocol/tier-view';
import { openMachine, type OpenMachine } from './machine-view';
import type * as tierModule from './tier';
import type { TierPictures, Walk } from './tier';

let loaded: typeof tierModule | undefined;

/** Loads what fills the pictures of caches, if the machine has one; `undefined`: there is nothing to wait for. */
export function loadTier(machine: MachineSpec): Promise<void> | undefined {
  return loaded || !machine.devices?.some(isCache) ? undefined : load();
}

async function load(): Promise<void> {
  loaded = await import('./tier');
}

/** The pictures of a machine with caches; `loadTier` came before. */
export function tierPictures(document: BioscopeDocument, opened: OpenMachine): TierPictures | undefined {
  if (!loaded || !document.machine.devices?.some(isCache)) return undefined;
  const open = (other: BioscopeDocument) => openMachine(other, []);
  return new loaded.TierPictures(document, opened, { open, Machine, runUntilPowerFails, afterPowerFailure });
}

type Opened = OpenMachine & { readonly document: BioscopeDocument };

/** The caches of whatever is open, and where somebody lets the power fail. */
export class OpenTier {
  private known: { readonly of: unknown; readonly pictures: TierPictures | undefined } | undefined;
  /** Events that have happened when the power fails; nobody asked if absent. */
  crashAt: number | undefined;

  view(opened: Opened, { device, io = 0 }: Selection, until?: number): TierView | undefined {
    return this.pictures(opened)?.view({ device, io, until, crashAt: this.crashAt });
  }

  /** What is in the cache when so many events have happened. */
  mapAt(opened: Opened, { device }: Selection, until: number): TierMapView | undefined {
    return this.pictures(opened)?.map(device, until);
  }

  /** The moments at which the power can fail, or why it cannot. */
  walk(opened: Opened, { device }: Selection): Walk | string {
    return this.pictures(opened)?.walk(device) ?? 'this machine has no cache';
  }

  /** The event of a Recording as `crashAt` counts it. */
  loseAfter(opened: Opened, selection: Selection, event: number): void {
    const walk = this.walk(opened, selection);
    this.crashAt = typeof walk === 'string' ? undefined : Math.max(event + 1 - walk.before, 0);
  }

  private pictures(opened: Opened): TierPictures | undefined {
    // Notes on the memory make another document of the same run.
    const of = opened.recording ?? opened.document.machine;
    if (this.known?.of !== of) this.known = { of, pictures: tierPictures(opened.document, opened) };
    return this.known.pictures;
  }
}
