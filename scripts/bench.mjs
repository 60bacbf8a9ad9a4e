// Speed as ratios against a named peer, measured in the same run. Nothing here passes or fails.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { inRoot } from './lib/paths.mjs';
import { runMain, say } from './lib/say.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';

const BIOS = 20_000;
const COPIED = 1_000;

await runMain(async () => {
  await ensureNodeModules();
  const folder = temporaryFolder('bench');
  const { submitBench, memcpyPeer } = await bundled(folder);
  const { Bench } = await import('tinybench');

  say('measuring');
  const bench = new Bench({ time: 2_000, warmupTime: 500 });
  const bare = submitBench({ copyBytes: false, record: false });
  const recorded = submitBench({ copyBytes: false, record: true });
  const copied = submitBench({ copyBytes: true, record: false });
  bench.add('submit path', () => bare.run(BIOS));
  bench.add('submit path, recorded', () => recorded.run(BIOS));
  bench.add('submit path, bytes copied', () => copied.run(COPIED));
  bench.add('memcpy', () => memcpyPeer(COPIED));
  await bench.run();

  /** Best time of a task in ns a bio: the machine is shared, and only the best is the program's own. @param {string} name @param {number} bios */
  const best = (name, bios) => {
    const result = bench.getTask(name)?.result;
    if (result?.state !== 'completed') throw new Error(`${name} did not run`);
    return (result.latency.min * 1e6) / bios;
  };
  const submit = best('submit path', BIOS);
  const inC = cPeer(folder);
  if (inC === undefined) console.log('submit path / the same path in C -O2: no C compiler here (cc)');
  else row('submit path / the same path in C -O2', submit, inC);
  row('submit path with every event recorded / without', best('submit path, recorded', BIOS), submit);
  row(
    '32 KiB written to pmem0 / the same bytes by memcpy',
    best('submit path, bytes copied', COPIED),
    best('memcpy', COPIED),
  );
  const { benchFrames } = await import('./bench/frames.mjs');
  await benchFrames(folder);
});

/** @param {string} name @param {number} ours ns a bio @param {number} peer ns a bio */
function row(name, ours, peer) {
  console.log(`${name}: ${(ours / peer).toFixed(2)}×  (${ours.toFixed(0)} / ${peer.toFixed(0)} ns a bio)`);
}

/**
 * @typedef {{ run: (bios: number) => void }} SubmitBench
 * @typedef {{ submitBench: (options: { copyBytes: boolean, record: boolean }) => SubmitBench, memcpyPeer: (bios: number) => void }} Submit
 */

/** The benchmark's TypeScript, as a module. @param {string} folder @returns {Promise<Submit>} */
async function bundled(folder) {
  const { build } = await import('esbuild');
  const outfile = join(folder, 'submit.cjs');
  await build({
    entryPoints: [inRoot('scripts/bench/submit.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
  });
  return createRequire(import.meta.url)(outfile);
}

/** ns a bio of the same path in C; undefined without a compiler. @param {string} folder */
function cPeer(folder) {
  const program = join(folder, 'submit');
  const made = spawnSync('cc', ['-O2', '-o', program, inRoot('scripts/bench/submit.c')], {
    stdio: 'inherit',
  });
  if (made.error || made.status !== 0) return undefined;
  return Number(spawnSync(program, [String(BIOS), '100'], { encoding: 'utf8' }).stdout);
}
