// Child processes. Each one leads a process group of its own and is remembered until it ends, so that nothing
// we started outlives us: not a server, not a browser, not the grandchildren of either.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unable } from './say.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const alive = new Set();

/**
 * Signals the whole group; false when nobody is left in it.
 * @param {ChildProcess} child
 * @param {NodeJS.Signals | 0} signal
 */
function signalGroup(child, signal) {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

process.on('exit', () => alive.forEach((child) => signalGroup(child, 'SIGKILL')));

let stopping = false;

/** @param {number} code */
async function stopAll(code) {
  if (stopping) process.exit(code);
  stopping = true;
  await Promise.all([...alive].map(stop));
  process.exit(code);
}
process.on('SIGINT', () => void stopAll(130));
process.on('SIGTERM', () => void stopAll(143));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true });
  alive.add(child);
  child.once('error', () => alive.delete(child));
  child.once('exit', () => alive.delete(child));
  return child;
}

/**
 * Asks the whole group to end, and after a while insists. The leader may be gone already, and its group not.
 * @param {ChildProcess} child
 */
export async function stop(child) {
  signalGroup(child, 'SIGTERM');
  for (let waited = 0; signalGroup(child, 0); waited += 50) {
    if (waited > 8000) signalGroup(child, 'SIGKILL');
    await sleep(50);
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [limit] seconds; past it the group is killed and `timedOut` is set
 * @property {boolean} [show] pass the output on while it comes (stdout too goes to our stdout)
 */

/** @typedef {{ code: number, stdout: string, output: string, timedOut: boolean }} RunResult */

/**
 * Runs a command to its end and never throws for its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export async function run(command, args, { cwd, env, limit, show = false } = {}) {
  const child = start(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let output = '';
  let timedOut = false;
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    output += text;
    if (show) process.stdout.write(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (show) process.stderr.write(text);
  });
  const timer = limit
    ? setTimeout(() => {
        timedOut = true;
        void stop(child);
      }, limit * 1000)
    : undefined;
  try {
    const code = await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('close', (status) => done(status ?? 1));
    });
    return { code: timedOut ? 124 : code, stdout, output, timedOut };
  } finally {
    clearTimeout(timer);
    await stop(child);
  }
}

/**
 * Runs a command that has to succeed; its output is shown only when it does not.
 * @param {string} what for the message
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function must(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new Unable(`${result.output}\n${what} failed with exit code ${result.code}.`);
}
