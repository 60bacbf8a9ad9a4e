import { NO_DEVICE, type Recording } from '../../src/model/recording';

/** Events of a block: what is drawn of a long run is counted by blocks, and no picture walks all events. */
const BLOCK = 64;

/** One row of the timeline: what happened on a device, or to none, and how many requests its driver had. */
export interface TimeLane {
  readonly label: string;
  /** Events before each block, and those of them that refuse, fail or log something. */
  readonly counts: Uint32Array;
  readonly alarms: Uint32Array;
  /** Requests at the driver when a block begins, and the most there were in it. */
  readonly depths: Uint16Array;
  readonly deepest: Uint16Array;
}

/** What is under one pixel of a lane. */
export interface Pixels {
  readonly counts: Uint32Array;
  readonly alarms: Uint32Array;
  readonly depths: Uint16Array;
}

/** A run as lanes, in columns: the tasks first, then a lane a device. Made once a Recording. */
export class TimeLanes {
  readonly lanes: readonly TimeLane[];
  readonly mostRequests: number;
  private readonly task: Uint8Array;
  private readonly fails: Uint8Array;
  /** By name: 1 where it is an alarm; +1 and -1 where a driver takes or gives a request. */
  private readonly alarm: Uint8Array;
  private readonly change: Int8Array;

  constructor(readonly recording: Recording) {
    const { columns, names, devices, length } = recording;
    this.alarm = Uint8Array.from(names, ({ name, kind }) =>
      kind === 'oops' || kind === 'printk' || (kind === 'rule' && name !== 'blk_stack_limits') ? 1 : 0,
    );
    this.change = Int8Array.from(names, ({ name }) =>
      name === 'block_rq_issue' ? 1 : name === 'block_rq_complete' || name === 'block_rq_requeue' ? -1 : 0,
    );
    this.task = Uint8Array.from(names, ({ name }) => (TASK.has(name) ? 1 : 0));
    this.fails = Uint8Array.from(names, ({ args }) => (args[3] === 'error' ? 1 : 0));
    const blocks = Math.ceil(length / BLOCK) + 1;
    const lanes = ['tasks', ...devices].map((label): TimeLane => ({
      label,
      counts: new Uint32Array(blocks),
      alarms: new Uint32Array(blocks),
      depths: new Uint16Array(blocks),
      deepest: new Uint16Array(blocks),
    }));
    const depth = new Int32Array(lanes.length);
    let most = 0;
    for (let block = 0; block < blocks; block++) {
      for (let n = 0; n < lanes.length; n++) lanes[n]!.depths[block] = lanes[n]!.deepest[block] = depth[n]!;
      const end = Math.min((block + 1) * BLOCK, length);
      for (let i = block * BLOCK; i < end; i++) {
        const name = columns.name[i]!;
        const n = columns.device[i]! + 1;
        const lane = lanes[this.isTask(i) ? 0 : n]!;
        if (block + 1 < blocks) {
          lane.counts[block + 1]!++;
          lane.alarms[block + 1]! += this.alarmAt(i);
        }
        const change = this.change[name]!;
        if (change === 0) continue;
        depth[n] = Math.max(depth[n]! + change, 0);
        lanes[n]!.deepest[block] = Math.max(lanes[n]!.deepest[block]!, depth[n]);
        most = Math.max(most, depth[n]);
      }
    }
    for (const lane of lanes) {
      for (let block = 1; block < blocks; block++) {
        lane.counts[block]! += lane.counts[block - 1]!;
        lane.alarms[block]! += lane.alarms[block - 1]!;
      }
    }
    this.lanes = lanes;
    this.mostRequests = most;
  }

  /** Building and submitting is what a task does; so is what no device has to do with. */
  private isTask(i: number): boolean {
    const { columns } = this.recording;
    return columns.device[i] === NO_DEVICE || this.task[columns.name[i]!] === 1;
  }

  private alarmAt(i: number): number {
    const { columns } = this.recording;
    const name = columns.name[i]!;
    return this.alarm[name] === 1 || (this.fails[name] === 1 && columns.d[i]! < 0) ? 1 : 0;
  }

  /** What each of `width` pixels shows, lane by lane, where a pixel is `per` events from `from` on. */
  pixels(from: number, per: number, width: number): Pixels[] {
    const lanes = this.lanes.map(() => ({
      counts: new Uint32Array(width),
      alarms: new Uint32Array(width),
      depths: new Uint16Array(width),
    }));
    if (per >= BLOCK) lanes.forEach((out, n) => this.coarse(n, from, per, out));
    else this.fine(from, per, lanes);
    return lanes;
  }

  /** Whole blocks: nothing is walked. */
  private coarse(n: number, from: number, per: number, out: Pixels): void {
    const { counts, alarms, deepest } = this.lanes[n]!;
    const last = counts.length - 1;
    const blockAt = (px: number) => Math.min(Math.max(Math.floor((from + px * per) / BLOCK), 0), last);
    for (let px = 0; px < out.counts.length; px++) {
      const a = blockAt(px);
      const b = blockAt(px + 1);
      out.counts[px] = counts[b]! - counts[a]!;
      out.alarms[px] = alarms[b]! - alarms[a]!;
      let most = 0;
      for (let block = a; block < b; block++) most = Math.max(most, deepest[block]!);
      out.depths[px] = most;
    }
  }

  /** The events in sight, once, from the start of the block that holds the first. */
  private fine(from: number, per: number, lanes: readonly Pixels[]): void {
    const { columns, length } = this.recording;
    const first = Math.max(Math.floor(from), 0);
    const block = Math.min(Math.floor(first / BLOCK), Math.ceil(length / BLOCK));
    const width = lanes[0]!.counts.length;
    const end = Math.min(Math.ceil(from + width * per), length);
    const depth = Int32Array.from(this.lanes, ({ depths }) => depths[block] ?? 0);
    const drawn = new Int32Array(lanes.length);
    const pixelOf = (i: number) => Math.min(Math.max(Math.floor((i - from) / per), 0), width - 1);
    for (let i = block * BLOCK; i < end; i++) {
      const own = columns.device[i]! + 1;
      const change = this.change[columns.name[i]!]!;
      if (change !== 0) {
        // Up to here its driver had what it had.
        const { depths } = lanes[own]!;
        const px = i < first ? 0 : pixelOf(i);
        for (; drawn[own]! < px; drawn[own]!++)
          depths[drawn[own]!] = Math.max(depths[drawn[own]!]!, depth[own]!);
        depth[own] = Math.max(depth[own]! + change, 0);
        if (i >= first) depths[px] = Math.max(depths[px]!, depth[own]);
      }
      if (i < first) continue;
      const { counts, alarms } = lanes[this.isTask(i) ? 0 : own]!;
      const px = pixelOf(i);
      counts[px]!++;
      alarms[px]! += this.alarmAt(i);
    }
    const last = end < length ? width : pixelOf(end) + 1;
    lanes.forEach(({ depths }, n) => {
      for (let px = drawn[n]!; px < last; px++) depths[px] = Math.max(depths[px]!, depth[n]!);
    });
  }
}

const TASK: ReadonlySet<string> = new Set([
  'bio_add_page',
  'bio_add_pc_page',
  'bio_add_pfn',
  'bv_pfn',
  'submit_bio',
  'block_plug',
  'block_unplug',
]);

const known = new WeakMap<Recording, TimeLanes>();

/** The same lanes for the same Recording. */
export function timeLanesOf(recording: Recording): TimeLanes {
  let lanes = known.get(recording);
  if (!lanes) known.set(recording, (lanes = new TimeLanes(recording)));
  return lanes;
}
