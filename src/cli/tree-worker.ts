// A thread that works through a part of a tree. What is to do, and the paths, come from tree-run.ts.
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { auditFile } from '../reader/audit';
import { CFile } from '../reader/c-file';
import { convert, CONVERTED_WORDS } from '../reader/convert';
import { knownHelpers } from '../reader/convert/known-helpers';
import { unifiedDiff } from '../reader/convert/unified-diff';
import { WordSearch } from '../reader/audit/word-search';
import type { FromWorker, Job, ToWorker } from './tree-run';

const { tree, job, claims } = workerData as { tree: string; job: Job; claims: Int32Array };
const results: unknown[] = [];
const problems: string[] = [];
let looked = 0;

/** One buffer for all files; most are smaller. */
let buffer = Buffer.allocUnsafeSlow(1 << 20);

/** The bytes of a file, valid until the next one is read. */
function read(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(join(tree, path), 'r');
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
  } catch (error) {
    problems.push(`${path}: ${(error as Error).message}`);
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** One unit a byte: old kernel files are not all UTF-8, and every byte has to come out as it went in. */
const decode = (bytes: Uint8Array) => (bytes as Buffer).toString('latin1');

function workOn(): (path: string, bytes: Buffer) => unknown {
  if (job.kind === 'audit') return (path, bytes) => auditFile(path, bytes, decode);
  const search = new WordSearch(CONVERTED_WORDS);
  const known = job.headers ? knownHelpers(job.headers) : undefined;
  const { rules, write } = job;
  return (path, bytes) => {
    if (search.find(bytes) === 0) return undefined;
    const file = new CFile(decode(bytes), path);
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
    parentPort!.postMessage({ results, problems, looked } satisfies FromWorker);
    parentPort!.close();
    return;
  }
  // Every thread hears of every batch; the first to claim it has it.
  if (Atomics.compareExchange(claims, message.batch, 0, 1) !== 0) return;
  for (const path of message.paths) {
    const bytes = read(path);
    if (!bytes) continue;
    looked++;
    const result = work(path, bytes);
    if (result !== undefined) results.push(result);
  }
});
