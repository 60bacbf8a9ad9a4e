// A thread that works through a part of a tree. What is to do, and the paths, come from tree-run.ts.
import { closeSync, fstatSync, openSync, readSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { auditFile, packCache, unpackCache, type AuditCache } from '../reader/audit';
import { isSame, type FileState } from '../reader/audit/cache';
import { WordSearch } from '../reader/audit/word-search';
import { CFile } from '../reader/c-file';
import { convert, CONVERTED_WORDS } from '../reader/convert';
import { knownHelpers } from '../reader/convert/known-helpers';
import { unifiedDiff } from '../reader/convert/unified-diff';
import { decodeC } from './decode-c';
import { CLAIMS, LOOKED, STOPPED } from './tree-shared';
import type { FromWorker, Job, ToWorker } from './tree-run';

const { tree, job, shared } = workerData as { tree: string; job: Job; shared: Int32Array };
const results: unknown[] = [];
const problems: string[] = [];
let looked = 0;

/** One buffer for all files; most are smaller. */
let buffer = Buffer.allocUnsafeSlow(1 << 20);

/** The bytes of a file, valid until the next one is read. */
function read(file: number): Buffer {
  let length = 0;
  for (;;) {
    const room = buffer.length - length;
    const got = readSync(file, buffer, length, room, null);
    length += got;
    // A short read is the end of a regular file.
    if (got < room) return buffer.subarray(0, length);
    const bigger = Buffer.allocUnsafeSlow(buffer.length * 4);
    buffer.copy(bigger, 0, 0, length);
    buffer = bigger;
  }
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(join(tree, path), 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

const stateOf = ({ size, mtimeMs }: Stats): FileState => ({ size, mtime: Math.floor(mtimeMs) });

/** Reads only what the last audit does not know. */
function auditWith(known: AuditCache, fresh: AuditCache): (path: string) => unknown {
  return (path) => {
    const before = known.get(path);
    if (before && isSame(before, stateOf(statSync(join(tree, path))))) return before.report;
    return withFile(path, (file) => {
      const state = stateOf(fstatSync(file));
      const report = auditFile(path, read(file), decodeC);
      fresh.set(path, { ...state, ...(report ? { report } : {}) });
      return report;
    });
  };
}

/** One unit a byte: old kernel files are not all UTF-8, and every byte has to come out as it went in. */
const unitsOf = (bytes: Buffer) => bytes.toString('latin1');

const fresh: AuditCache = new Map();

function workOn(): (path: string) => unknown {
  if (job.kind === 'audit') {
    if (job.known) return auditWith(unpackCache(job.known), fresh);
    return (path) => withFile(path, (file) => auditFile(path, read(file), decodeC));
  }
  const search = new WordSearch(CONVERTED_WORDS);
  const known = job.headers ? knownHelpers(job.headers) : undefined;
  const { rules, write } = job;
  return (path) => {
    const bytes = withFile(path, read);
    if (search.find(bytes) === 0) return undefined;
    const file = new CFile(unitsOf(bytes), path);
    const { text, conversions, left } = convert(file, rules, known);
    if (conversions.length === 0 && left.length === 0) return undefined;
    if (write && conversions.length > 0) writeFileSync(join(tree, path), text, 'latin1');
    const edits = conversions.flatMap((one) => one.edits);
    return {
      path,
      diff: unifiedDiff(path, file.text, edits),
      converted: conversions.length,
      left: left.map(({ rule, at, reason }) => ({
        rule,
        line: file.text.slice(0, at).split('\n').length,
        reason,
      })),
    };
  };
}

const work = workOn();

parentPort!.on('message', (message: ToWorker) => {
  if (message === 'end') {
    const kept = fresh.size > 0 ? { fresh: packCache(fresh) } : {};
    parentPort!.postMessage({ results, problems, looked, ...kept } satisfies FromWorker);
    parentPort!.close();
    return;
  }
  // Every thread hears of every batch; the first to claim it has it.
  if (Atomics.compareExchange(shared, CLAIMS + message.batch, 0, 1) !== 0) return;
  for (const path of message.paths) {
    if (Atomics.load(shared, STOPPED) !== 0) return;
    try {
      const result = work(path);
      if (result !== undefined) results.push(result);
      looked++;
      Atomics.add(shared, LOOKED, 1);
    } catch (error) {
      problems.push(`${path}: ${(error as Error).message}`);
    }
  }
});
