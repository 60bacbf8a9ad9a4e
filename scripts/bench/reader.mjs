// Kernel C: an audit of a whole tree beside ripgrep, a conversion beside Coccinelle, and hovers; all warm, in turns.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { onPath } from '../lib/debian.mjs';
import { ensureKernelTrees } from '../lib/ensure-kernel-trees.mjs';
import { buildCli } from '../lib/bundle.mjs';
import { inRoot } from '../lib/paths.mjs';

const TURNS = 5;

/** @typedef {{ seconds: number, mib: number }} Cost */

/** Prints seconds and ratios. @param {string} folder for what is built */
export async function benchReader(folder) {
  const version = '6.12';
  const { [version]: tree } = await ensureKernelTrees();
  if (tree === undefined) {
    console.log(`reader: there is no tree of ${version} in the cache`);
    return;
  }
  await buildCli();
  const { words, hovers } = await bundled(folder);
  const cli = (/** @type {string[]} */ ...args) => [process.execPath, inRoot('dist', 'cli.js'), ...args];
  const top = `${tree}/`;
  const audit = cli('audit', top, '--format', 'csv');
  const convert = cli('convert', top, '--rules', 'series', '--diff');
  const rg = ['rg', '-lw', words.join('|'), '--no-ignore', '-g', '*.[ch]', top];
  const rules = inRoot('test', 'agreement', 'reader', 'series.cocci');
  const spatch = ['spatch', '--very-quiet', '--sp-file', rules, '--dir', '.', '-j', '2', '--include-headers'];
  report('whole-tree audit, hazards and counts', 'rg -lw', await inTurns(audit, rg, top, TURNS));
  report('whole-tree conversion diff', 'spatch -j2', await inTurns(convert, spatch, top, 3));
  const require = createRequire(import.meta.url);
  const wasm = (/** @type {string} */ name) => readFileSync(require.resolve(`${name}/${name}.wasm`));
  const files = { runtime: wasm('web-tree-sitter'), grammar: wasm('tree-sitter-c') };
  const times = (await hovers(readFileSync(join(tree, 'block/bio.c'), 'utf8'), files)).sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    `${times[Math.floor((times.length - 1) * share)]?.toFixed(2)} ms`;
  console.log(`warm hover, ${times.length} in block/bio.c: p95 ${at(0.95)}, median ${at(0.5)}`);
}

/**
 * The best of some turns for each: the machine is shared, and only the best is the program's own.
 * @param {string[]} ours @param {string[]} peer @param {string} folder @param {number} turns
 */
async function inTurns(ours, peer, folder, turns) {
  const there = onPath(String(peer[0])) !== undefined;
  const best = { ours: await cost(ours, folder), peer: there ? await cost(peer, folder) : undefined };
  for (let turn = 1; turn < turns; turn++) {
    best.ours = lesser(best.ours, await cost(ours, folder));
    if (best.peer) best.peer = lesser(best.peer, await cost(peer, folder));
  }
  return best;
}

/** @param {Cost} a @param {Cost} b */
const lesser = (a, b) => (b.seconds < a.seconds ? b : a);

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

/** @param {string} what @param {string} name @param {{ ours: Cost, peer: Cost | undefined }} best */
function report(what, name, { ours, peer }) {
  const figure = (/** @type {Cost} */ { seconds, mib }) =>
    `${seconds.toFixed(2)} s${Number.isNaN(mib) ? '' : `, ${mib.toFixed(0)} MiB`}`;
  console.log(
    peer
      ? `${what} / ${name}: ${(ours.seconds / peer.seconds).toFixed(2)}×  (${figure(ours)} / ${figure(peer)})`
      : `${what}: ${name} is not here; ${figure(ours)}`,
  );
}

/**
 * @typedef {{ runtime: Uint8Array, grammar: Uint8Array }} ParserFiles
 * @param {string} folder
 * @returns {Promise<{ words: readonly string[], hovers: (text: string, files: ParserFiles) => Promise<number[]> }>}
 */
async function bundled(folder) {
  const { build } = await import('esbuild');
  const outfile = join(folder, 'reader.cjs');
  await build({
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    entryPoints: [inRoot('scripts/bench/reader.ts')],
    outfile,
    alias: { 'web-tree-sitter': inRoot('node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  });
  return createRequire(import.meta.url)(outfile);
}
