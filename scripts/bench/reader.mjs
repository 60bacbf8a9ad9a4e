// Kernel C: an audit of a whole tree beside ripgrep, a conversion beside Coccinelle, and hovers beside clangd; all
// warm, in turns. The least of some turns is the program's own time; the median says how busy the machine is.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { aptInstall, mayInstall, onPath } from '../lib/debian.mjs';
import { ensureWholeTree } from '../lib/ensure-kernel-trees.mjs';
import { build } from '../lib/bundle.mjs';
import { inRoot } from '../lib/paths.mjs';
import { clangdHovers } from './clangd.mjs';
import { bundled } from './bundled.mjs';

/**
 * @typedef {{ runtime: Uint8Array, grammar: Uint8Array }} ParserFiles
 * @typedef {object} Reader
 * @property {readonly string[]} words
 * @property {(text: string) => number[]} offsetsIn
 * @property {(text: string, files: ParserFiles) => Promise<number[]>} hovers
 */

const TURNS = 7;

/** Each peer is a package of Debian. */
const PEERS = { rg: 'ripgrep', spatch: 'coccinelle', clangd: 'clangd' };

/** Prints seconds and ratios. @param {string} folder for what is built */
export async function benchReader(folder) {
  const missing = Object.entries(PEERS).filter(([program]) => onPath(program) === undefined);
  if (missing.length > 0 && mayInstall()) await aptInstall(missing.map(([, name]) => name));
  const tree = await ensureWholeTree('6.12');
  await build();
  /** @type {Reader} */
  const { words, offsetsIn, hovers } = await bundled('reader', folder, {
    minify: true,
    target: 'es2022',
    alias: { 'web-tree-sitter': inRoot('node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  });
  const cli = (/** @type {string[]} */ ...args) => [process.execPath, inRoot('dist', 'cli.js'), ...args];
  const top = `${tree}/`;
  const audit = cli('audit', top, '--format', 'csv');
  const again = [...audit, '--cache', join(folder, 'audit.cache')];
  const convert = cli('convert', top, '--rules', 'series', '--diff');
  const rg = ['rg', '-lw', words.join('|'), '--no-ignore', '-g', '*.[ch]', top];
  const rules = inRoot('test', 'agreement', 'reader', 'series.cocci');
  const spatch = ['spatch', '--very-quiet', '--sp-file', rules, '--dir', '.', '-j', '2', '--include-headers'];
  report('whole-tree audit, hazards and counts', 'rg -lw', await inTurns(audit, rg, top, TURNS));
  report('the same with a cache, nothing changed', 'rg -lw', await inTurns(again, rg, top, TURNS));
  report('whole-tree conversion diff', 'spatch -j2', await inTurns(convert, spatch, top, 2));
  const file = join(tree, 'block/bio.c');
  await benchHovers(file, offsetsIn(readFileSync(file, 'utf8')), hovers);
  if (onPath('clangd') === undefined) {
    console.log('clangd is not here');
    return;
  }
  const { first, times, answered, mib } = await clangdHovers(
    tree,
    file,
    offsetsIn(readFileSync(file, 'utf8')),
  );
  console.log(
    `clangd on the same file: first hover ${first.toFixed(0)} ms, warm p95 ${at(times, 0.95)}; ` +
      `${answered} of ${times.length} hovers say something; ${mib.toFixed(0)} MiB`,
  );
}

/** @param {string} file @param {number[]} offsets @param {Reader['hovers']} hovers */
async function benchHovers(file, offsets, hovers) {
  const args = [inRoot('scripts', 'bench', 'first-hover.cjs'), inRoot('dist'), file, String(offsets.at(-1))];
  /** @type {{ clock: number, processor: number, mib: number }[]} */
  const firsts = Array.from({ length: 2 * TURNS }, () =>
    JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })),
  );
  const clock = firsts.map((one) => one.clock);
  console.log(
    `first hover of a window, in block/bio.c: ${at(clock, 0)} at best, median ${at(clock, 0.5)}, ` +
      `${at(
        firsts.map((one) => one.processor),
        0,
      )} of the processor, ` +
      `${Math.max(...firsts.map((one) => one.mib)).toFixed(0)} MiB`,
  );
  const require = createRequire(import.meta.url);
  const wasm = (/** @type {string} */ name) => readFileSync(require.resolve(`${name}/${name}.wasm`));
  const files = { runtime: wasm('web-tree-sitter'), grammar: wasm('tree-sitter-c') };
  const times = await hovers(readFileSync(file, 'utf8'), files);
  console.log(
    `warm hover, ${times.length} in the same file: p95 ${at(times, 0.95)}, median ${at(times, 0.5)}`,
  );
}

/** @param {readonly number[]} times @param {number} share */
function at(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[Math.floor((sorted.length - 1) * share)]?.toFixed(2)} ms`;
}

/**
 * Some turns of each, one after the other, so that both meet the same machine.
 * @param {string[]} ours @param {string[]} peer @param {string} folder @param {number} turns
 */
async function inTurns(ours, peer, folder, turns) {
  const there = onPath(String(peer[0])) !== undefined;
  // Once for the disk's and the program's own caches.
  await cost(ours, folder);
  /** @type {{ ours: Cost[], peer: Cost[] }} */
  const costs = { ours: [], peer: [] };
  for (let turn = 0; turn < turns; turn++) {
    costs.ours.push(await cost(ours, folder));
    if (there) costs.peer.push(await cost(peer, folder));
  }
  return costs;
}

/** @typedef {{ seconds: number, mib: number }} Cost */

/**
 * Runs a program and watches how much memory its process takes.
 * @param {string[]} command @param {string} cwd @returns {Promise<Cost>}
 */
async function cost([program, ...args], cwd) {
  const start = performance.now();
  const child = spawn(String(program), args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let [mib, complaint] = [NaN, ''];
  child.stderr.on('data', (some) => (complaint += some));
  const watch = setInterval(() => {
    const status = `/proc/${child.pid}/status`;
    const most = existsSync(status) ? /VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
    if (most !== undefined) mib = Number(most) / 1024;
  }, 20);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ended with ${code}\n${complaint}`);
  return { seconds: (performance.now() - start) / 1000, mib };
}

/** @param {string} what @param {string} name @param {{ ours: Cost[], peer: Cost[] }} costs */
function report(what, name, { ours, peer }) {
  const seconds = (/** @type {Cost[]} */ costs) => costs.map((one) => one.seconds).sort((a, b) => a - b);
  const figure = (/** @type {Cost[]} */ costs) => {
    const [best = NaN, median = NaN] = [seconds(costs)[0], seconds(costs)[costs.length >> 1]];
    const mib = Math.max(...costs.map((one) => one.mib).filter((one) => !Number.isNaN(one)));
    return `${best.toFixed(2)} s, median ${median.toFixed(2)}, ${mib.toFixed(0)} MiB`;
  };
  const ratio = Number(seconds(ours)[0]) / Number(seconds(peer)[0]);
  console.log(
    peer.length > 0
      ? `${what} / ${name}: ${ratio.toFixed(2)}×  (${figure(ours)} / ${figure(peer)})`
      : `${what}: ${name} is not here; ${figure(ours)}`,
  );
}
