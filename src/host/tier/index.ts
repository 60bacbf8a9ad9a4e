import type { DeviceSpec } from '../../model/device-spec';
import { devicesBelow } from '../../model/devices-below';
import { deviceSizes } from '../../model/device-size';
import { formatBytes } from '../../model/address';
import type { BioscopeDocument } from '../../model/machine-spec';
import { isCache } from '../../model/tier-kinds';
import type { CrashView, TierMapView, TierView, WaysView } from '../../protocol/tier-view';
import type { OpenMachine } from '../machine-view';
import { blocksAt, tierMap } from './blocks';
import { Crash, type PowerSwitch, type Walk } from './crash';
import { decisionsOf, decisionsView, type Decision } from './decisions';
import { whyUntold } from './promises';
import { waysView } from './ways';

export type { Walk } from './crash';

/** The simulator, which is the host's own. */
export interface TierEngine extends PowerSwitch {
  readonly open: (document: BioscopeDocument) => OpenMachine;
}

/** What is asked for: which device, at which moment, and where the power fails. */
export interface TierAsked {
  readonly device: string | undefined;
  readonly io: number;
  /** Events that have happened; all if absent. */
  readonly until?: number | undefined;
  readonly crashAt: number | undefined;
}

/** Sectors of the blocks of the picture: what the driver keeps together, a page for bcache, which keeps any sectors. */
function blockOf(device: DeviceSpec): number {
  switch (device.driver) {
    case 'tier':
    case 'dm-writecache':
      return device.block ?? 8;
    case 'dm-cache':
      return device.block ?? 128;
    default:
      return 8;
  }
}

/** The pictures of the caches of one machine; what is costly is made once. */
export class TierPictures {
  private readonly caches: readonly DeviceSpec[];
  private readonly made = new Map<string, Made>();

  constructor(
    private readonly document: BioscopeDocument,
    private readonly opened: OpenMachine,
    private readonly engine: TierEngine,
  ) {
    this.caches = (document.machine.devices ?? []).filter(isCache);
  }

  /** Nothing where the machine has no cache. */
  view({ device, io, until, crashAt }: TierAsked): TierView | undefined {
    const made = this.of(device);
    if (!made) return undefined;
    const { spec, decisions, crash, noCrash } = made;
    const ways = this.ways(made);
    return {
      devices: this.caches.map(({ name }) => name),
      device: spec.name,
      about: aboutOf(spec),
      map: this.mapOf(made, until),
      decisions: decisionsView(decisions, io),
      ...(ways ? { ways } : {}),
      ...(crash && crashAt !== undefined ? { crash: this.crashed(made, crash, crashAt) } : {}),
      noCrash,
    };
  }

  /** What is in the cache when `until` events have happened. */
  map(device: string | undefined, until: number): TierMapView | undefined {
    const made = this.of(device);
    return made && this.mapOf(made, until);
  }

  private mapOf({ spec, blockSectors, decisions }: Made, until = Infinity): TierMapView {
    const { recording } = this.opened;
    const sectors = deviceSizes(this.document.machine.devices ?? []).get(spec.name) ?? 0;
    const states = recording
      ? blocksAt(recording, spec.name, blockSectors, decisions, Math.min(until, recording.length))
      : { cached: new Map<number, boolean>(), asked: new Map<number, number>() };
    return tierMap(states, blockSectors, sectors);
  }

  /** The events at which the power can fail, or why it cannot. */
  walk(device: string | undefined): Walk | string {
    const made = this.of(device);
    if (!made) return 'this machine has no cache';
    return made.crash?.walk ?? made.noCrash;
  }

  private of(device: string | undefined): Made | undefined {
    const spec = this.caches.find(({ name }) => name === device) ?? this.caches[0];
    if (!spec) return undefined;
    const known = this.made.get(spec.name);
    if (known) return known;
    const { document, opened, engine } = this;
    const blockSectors = blockOf(spec);
    const bios = opened.view.workload.map(({ bio }) => bio);
    const { recording } = opened;
    const noCrash = this.noCrash(spec);
    const made: Made = {
      spec,
      blockSectors,
      decisions: recording ? decisionsOf(recording, spec.name, spec.driver, bios) : [],
      noCrash,
      crash: noCrash === '' ? new Crash(document, spec.name, blockSectors, engine) : undefined,
      crashes: new Map(),
    };
    this.made.set(spec.name, made);
    return made;
  }

  private noCrash(spec: DeviceSpec): string {
    const { document, opened } = this;
    if (spec.driver !== 'tier')
      return `what ${spec.driver} finds again after a power failure has no model: the tier’s own recovery does`;
    if (!opened.recording) return 'nothing runs on this machine';
    return whyUntold(document.workload ?? [], spec.name);
  }

  private ways(made: Made): WaysView | undefined {
    const { spec } = made;
    if (spec.driver !== 'tier' || !this.opened.recording) return undefined;
    return (made.ways ??= waysView(this.document, spec, this.engine.open));
  }

  private crashed({ crashes }: Made, crash: Crash, at: number): CrashView {
    const known = crashes.get(at) ?? crash.at(at);
    crashes.set(at, known);
    return known;
  }
}

interface Made {
  readonly spec: DeviceSpec;
  readonly blockSectors: number;
  readonly decisions: readonly Decision[];
  readonly noCrash: string;
  readonly crash: Crash | undefined;
  readonly crashes: Map<number, CrashView>;
  ways?: WaysView;
}

/** `pmem0 in front of sda · tier · write-back · lru · blocks of 4 KiB`. */
function aboutOf(spec: DeviceSpec): string {
  const [cache = '', origin = ''] = devicesBelow(spec);
  const parts = [`${cache} in front of ${origin}`, spec.driver, ...settingsOf(spec)];
  return parts.join(' · ');
}

function settingsOf(spec: DeviceSpec): string[] {
  const block = (bytes: number) => `blocks of ${formatBytes(bytes)}`;
  switch (spec.driver) {
    case 'tier': {
      const { mode = 'write-back', policy = 'lru', slots, sequentialCutoff = 0 } = spec;
      return [
        mode,
        policy,
        block(blockOf(spec) * 512),
        ...(slots === undefined ? [] : [`${slots} slots`]),
        ...(sequentialCutoff === 0 ? [] : [`streams from ${formatBytes(sequentialCutoff)} on go around`]),
      ];
    }
    case 'bcache':
      return [spec.mode ?? 'writethrough', ...(spec.detaching ? ['being detached'] : [])];
    case 'dm-cache':
      return [spec.mode ?? 'writeback', spec.policy ?? 'smq', block(blockOf(spec) * 512)];
    case 'dm-writecache':
      return [spec.kind === 's' ? 'on an SSD' : 'on persistent memory', block(blockOf(spec) * 512)];
    default:
      return [];
  }
}
