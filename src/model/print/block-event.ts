import type { FlavourName } from '../flavour';
import { NO_DEVICE, eventAt, type Recording } from '../recording';
import { rwbs } from './rwbs';

/** One block tracepoint, as any text form of a trace shows it. Device numbers are "8,16"; sectors are decimal text, because a flush has sector 2^64-1. */
export interface BlockEvent {
  readonly name: string;
  /** Nanoseconds. */
  readonly time: number;
  /** '' where the tracepoint prints none: block_plug and block_unplug. */
  readonly device: string;
  readonly rwbs: string;
  readonly sector: string;
  readonly sectors: number;
  readonly error: number;
  /** block_bio_remap: the device and sector it comes from. block_split: the sector where the rest starts. */
  readonly from: string;
  readonly other: string;
  /** block_unplug: how many requests. */
  readonly count: number;
}

export interface PrintOptions {
  readonly flavour: FlavourName;
  /** Device numbers ("8:16") by name: see `deviceNumbers`. */
  readonly numbers: ReadonlyMap<string, string>;
  /** Name of the submitting task. */
  readonly task?: string;
}

/** An event of the Recording that a kernel prints as a block tracepoint, with its place in the Recording. */
export interface PlacedEvent {
  readonly index: number;
  readonly event: BlockEvent;
}

/** The block tracepoints of a Recording, in order. */
export function* blockEvents(recording: Recording, options: PrintOptions): Generator<PlacedEvent> {
  const number = (index: number) => {
    const name = index === NO_DEVICE ? undefined : recording.devices[index];
    return name === undefined ? '0,0' : (options.numbers.get(name) ?? '0:0').replace(':', ',');
  };
  const scale = recording.timeUnit === 'ns' ? 1 : 1000;
  for (let index = 0; index < recording.length; index++) {
    const name = recording.names[recording.columns.name[index]!];
    if (name?.kind !== 'trace') continue;
    const { time, a, b, c, d, e } = eventAt(recording, index);
    const remap = name.name === 'block_bio_remap';
    const unplug = name.name === 'block_unplug';
    const plug = unplug || name.name === 'block_plug';
    yield {
      index,
      event: {
        name: name.name,
        time: time * scale,
        device: number(recording.columns.device[index]!),
        rwbs: plug ? '' : rwbs(options.flavour, e, c),
        sector: plug ? '' : sectorText(a < 0 && options.flavour === '6.12' && ZEROED.test(name.name) ? 0 : a),
        sectors: plug ? 0 : c,
        error: remap || plug ? 0 : d,
        from: remap ? number(d) : '',
        other: remap || name.name === 'block_split' ? sectorText(b) : '',
        count: unplug ? c : 0,
      },
    };
  }
}

/** Today's tracepoints that print 0 for the sector of a flush. */
const ZEROED = /^block_(?:rq_(?:insert|issue|merge)|io_(?:start|done))$/;

/** A sector_t is unsigned: -1 is what a flush has. */
function sectorText(sector: number): string {
  return sector < 0 ? (2n ** 64n + BigInt(sector)).toString() : String(sector);
}
