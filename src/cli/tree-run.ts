import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RuleSet } from '../reader/convert';
import { cFilesUnder } from './tree-walk';

/** Runs one job over the C files of a tree, in two threads where the machine has two. */

export type Job =
  | { readonly kind: 'audit' }
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
}

export interface TreeResult<Result> {
  /** Ordered by path. */
  readonly results: readonly Result[];
  readonly problems: readonly string[];
  readonly looked: number;
}

/** More threads would wait for the disk. */
const MOST_THREADS = 2;
const BATCH = 64;
/** Enough for four million files. */
const MOST_BATCHES = 1 << 16;

/** @param paths the files to work on, instead of all under `tree` */
export async function runOnTree<Result extends { readonly path: string }>(
  tree: string,
  job: Job,
  paths: Iterable<readonly string[]> = cFilesUnder(tree),
): Promise<TreeResult<Result>> {
  const claims = new Int32Array(new SharedArrayBuffer(4 * MOST_BATCHES));
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const workers = Array.from(
    { length: threads },
    () => new Worker(join(__dirname, 'tree-worker.js'), { workerData: { tree, job, claims } }),
  );
  const answers = Promise.all(workers.map(answerOf));
  const tell = (message: ToWorker) => workers.forEach((worker) => worker.postMessage(message));
  let batch = 0;
  let waiting: string[] = [];
  for (const some of paths) {
    waiting.push(...some);
    for (; waiting.length >= BATCH; waiting = waiting.slice(BATCH))
      tell({ batch: batch++, paths: waiting.slice(0, BATCH) });
  }
  if (waiting.length > 0) tell({ batch, paths: waiting });
  tell('end');
  const all = await answers;
  const results = all.flatMap((one) => one.results as Result[]).sort((a, b) => (a.path < b.path ? -1 : 1));
  const looked = all.reduce((sum, one) => sum + one.looked, 0);
  return { results, problems: all.flatMap((one) => one.problems), looked };
}

function answerOf(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
