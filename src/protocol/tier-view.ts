import * as v from 'valibot';
import { TIER_KINDS } from '../model/tier-kinds';
import { bytes, index, text } from './values';

const KindSchema = v.picklist(TIER_KINDS);

/** A stretch of the slow disk in which something was touched, cell by cell; between stretches nothing ever was. */
const StretchSchema = v.strictObject({
  /** Byte of the slow disk where its first cell begins. */
  start: bytes,
  /** Of each cell: blocks in the cache, those of them that are dirty, and how often its busiest block was asked for. */
  cached: v.array(index),
  dirty: v.array(index),
  asked: v.array(index),
});

/** What is in the cache at a moment. */
export const TierMapSchema = v.strictObject({
  /** Bytes of the slow disk. */
  size: bytes,
  block: bytes,
  /** Bytes of a cell: a block, or more where there are too many. */
  cell: bytes,
  /** A block is hot that was asked for at least so often. */
  hotFrom: index,
  stretches: v.array(StretchSchema),
  cached: index,
  dirty: index,
  hot: index,
});

/** One decision. `io`: the I/O of the workload, or -1 where it is the cache's own work. */
const DecisionSchema = v.strictObject({
  number: index,
  io: v.number(),
  kind: KindSchema,
  word: text,
  because: text,
  sector: index,
  sectors: index,
});

/** Decisions that were made for one reason; the numbers in it are those of the last one. */
const ReasonSchema = v.strictObject({
  kind: KindSchema,
  because: text,
  count: index,
  /** The first I/Os it was said of. */
  ios: v.array(index),
});

/** Decisions [from, to), by kind, in the order of `TIER_KINDS`. */
const BinSchema = v.strictObject({ from: index, to: index, io: v.number(), counts: v.array(index) });

const DecisionsSchema = v.strictObject({
  total: index,
  counts: v.array(index),
  bins: v.array(BinSchema),
  reasons: v.array(ReasonSchema),
  /** Those of the selected I/O and around it. */
  near: v.array(DecisionSchema),
});

/** The workload run in one of the three ways in which data can leave for the slow disk. */
const WaySchema = v.strictObject({
  name: text,
  about: text,
  /** Whether the machine does it so. */
  own: v.boolean(),
  kernel: text,
  /** Why it could not run; then the numbers are 0. */
  refused: text,
  /** A rule that kept blocks from going this way, as the run has it. */
  fellBack: text,
  copied: bytes,
  /** For the persistent memory alone. */
  memmap: bytes,
  /** Bytes that left for the slow disk as writeback. */
  written: bytes,
  ios: index,
  /** ns */
  p50: bytes,
  p99: bytes,
  /** I/Os by latency, in steps of `ways.steps`. */
  histogram: v.array(index),
});

const WaysSchema = v.strictObject({
  /** Upper ends of the histogram's steps, ns. */
  steps: v.array(bytes),
  ways: v.array(WaySchema),
});

/** What a written block holds after the power came back. */
const FateSchema = v.strictObject({
  /** First byte of the block on the device. */
  at: bytes,
  /** What the caller was promised: the newest write that was acknowledged durable. */
  promised: text,
  found: text,
  verdict: v.picklist(['kept', 'newer', 'lost', 'torn']),
});

/** The power fails at an event of the workload. */
const CrashSchema = v.strictObject({
  /** Events that happened, and that the whole workload has. */
  at: index,
  events: index,
  /** The last event before the power failed. */
  last: text,
  acknowledged: index,
  durable: index,
  inFlight: index,
  /** What the media hold. */
  media: v.array(v.strictObject({ label: text, value: text })),
  /** What recovery does, step by step. */
  recovery: v.array(text),
  fates: v.array(FateSchema),
  /** Blocks that are not listed. */
  hidden: index,
  lost: index,
  torn: index,
  /** How often chance was asked what of the undecided had arrived. */
  chances: index,
  /** Events worth choosing, by number. */
  moments: v.array(v.strictObject({ at: index, says: text })),
});

/** A fast disk in front of a slow one: what is in it, what it decided, and what else could have been. */
export const TierViewSchema = v.strictObject({
  /** All caches of the machine, and the one that is shown. */
  devices: v.array(text),
  device: text,
  about: text,
  map: TierMapSchema,
  decisions: DecisionsSchema,
  /** Absent where the device has no such choice. */
  ways: v.optional(WaysSchema),
  /** Absent until somebody asks. */
  crash: v.optional(CrashSchema),
  /** Why the power cannot fail here; '' if it can. */
  noCrash: text,
});
export type TierView = v.InferOutput<typeof TierViewSchema>;
export type TierMapView = v.InferOutput<typeof TierMapSchema>;
export type DecisionsView = TierView['decisions'];
export type DecisionView = DecisionsView['near'][number];
export type WaysView = NonNullable<TierView['ways']>;
export type WayView = WaysView['ways'][number];
export type CrashView = NonNullable<TierView['crash']>;
