import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  forgetOthers,
  packCache,
  unpackCache,
  type AuditCache,
  type PackedCache,
  type StopToken,
} from '../reader/audit';
import type { RuleSet } from '../reader/convert';
import { CLAIMS, LOOKED, STOPPED } from './tree-shared';
import { cFilesUnder } from './tree-walk';

/** Runs one job over the C files of a tree, in two threads where the machine has two. */

export type Job =
  | { readonly kind: 'audit'; readonly known?: PackedCache }
  | {
      readonly kind: 'convert';
      readonly rules: RuleSet;
      readonly write: boolean;
      /** The headers that say which helpers the kernel has. */
      readonly headers?: readonly string[];
    };

export type ToWorker = { readonly batch: number; readonly paths: readonly string[] } | 'end';

export interface FromWorker {
  readonly results: readonly unknown[];
  /** Files that could not be read, and why. */
  readonly problems: readonly string[];
  readonly looked: number;
  /** What an audit that keeps a cache had to read. */
  readonly fresh?: PackedCache;
}

export interface TreeOptions {
  /** The files to work on, instead of all under `tree`. */
  readonly paths?: Iterable<readonly string[]>;
  /** An audit reads no file again that has not changed since, and brings this up to date. */
  readonly cache?: AuditCache;
  readonly token?: StopToken;
  /** `total` grows while the tree is still being listed. */
  readonly progress?: (done: number, total: number) => void;
}

export interface TreeResult<Result> {
  /** Ordered by path. */
  readonly results: readonly Result[];
  readonly problems: readonly string[];
  readonly looked: number;
  /** How many files had to be read; the others were known. */
  readonly read: number;
  readonly cancelled: boolean;
}

/** More threads would wait for the disk. */
const MOST_THREADS = 2;
const BATCH = 64;
/** Enough for four million files. */
const MOST_BATCHES = 1 << 16;

/** How long other work may have to wait for ours, and how often somebody is told, ms. */
const SLICE = 8;
const TELL = 100;

export async function runOnTree<Result extends { readonly path: string }>(
  tree: string,
  job: Job,
  options: TreeOptions = {},
): Promise<TreeResult<Result>> {
  const { cache, token, progress } = options;
  const shared = new Int32Array(new SharedArrayBuffer(4 * (CLAIMS + MOST_BATCHES)));
  const work = cache && job.kind === 'audit' ? { ...job, known: packCache(cache) } : job;
  const workers = Array.from(
    { length: Math.min(MOST_THREADS, availableParallelism()) },
    () => new Worker(join(__dirname, 'tree-worker.js'), { workerData: { tree, job: work, shared } }),
  );
  const answers = Promise.all(workers.map(answerOf));
  // Whoever stops listing because of an error is told of that one.
  answers.catch(() => undefined);
  const tell = (message: ToWorker) => workers.forEach((worker) => worker.postMessage(message));
  const listed: string[] = [];
  const watch = setInterval(() => {
    if (token?.stopped) Atomics.store(shared, STOPPED, 1);
    progress?.(Atomics.load(shared, LOOKED), listed.length);
  }, TELL);
  try {
    let [batch, sent, since, whole] = [0, 0, performance.now(), true];
    const send = (end: number) => {
      tell({ batch: batch++, paths: listed.slice(sent, end) });
      sent = end;
    };
    for (const some of options.paths ?? cFilesUnder(tree)) {
      listed.push(...some);
      while (listed.length - sent >= BATCH) send(sent + BATCH);
      if (token?.stopped) {
        whole = false;
        break;
      }
      if (performance.now() - since < SLICE) continue;
      await setImmediate();
      since = performance.now();
    }
    if (listed.length > sent) send(listed.length);
    tell('end');
    const all = await answers;
    const looked = all.reduce((sum, one) => sum + one.looked, 0);
    const fresh = all.flatMap((one) => (one.fresh ? [unpackCache(one.fresh)] : []));
    const problems = all.flatMap((one) => one.problems);
    const cancelled = !whole || looked + problems.length < listed.length;
    for (const files of fresh) for (const [path, file] of files) cache?.set(path, file);
    if (cache && !cancelled) forgetOthers(cache, listed);
    progress?.(looked, listed.length);
    return {
      results: all.flatMap((one) => one.results as Result[]).sort((a, b) => (a.path < b.path ? -1 : 1)),
      problems,
      looked,
      read: cache ? fresh.reduce((sum, files) => sum + files.size, 0) : looked,
      cancelled,
    };
  } finally {
    clearInterval(watch);
    for (const worker of workers) void worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
