// Speed beside a named peer, measured in the same run. Nothing here passes or fails.
// node scripts/bench.mjs [dma] [engine] [frames] [reader] [tier] [webview]: without arguments all of it.
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { runMain, say } from './lib/say.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';

/** @type {Readonly<Record<string, (folder: string) => Promise<void>>>} */
const PARTS = {
  dma: async (folder) => (await import('./bench/dma.mjs')).benchDma(folder),
  engine: async (folder) => (await import('./bench/engine.mjs')).benchEngine(folder),
  frames: async (folder) => (await import('./bench/frames.mjs')).benchFrames(folder),
  webview: async (folder) => (await import('./bench/webview.mjs')).benchWebview(folder),
  reader: async (folder) => (await import('./bench/reader.mjs')).benchReader(folder),
  tier: async (folder) => (await import('./bench/tier.mjs')).benchTier(folder),
};

await runMain(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((part) => !(part in PARTS));
  if (unknown.length > 0)
    throw new Error(`no benchmark called ${unknown.join(', ')}; there are: ${Object.keys(PARTS).join(', ')}`);
  await ensureNodeModules();
  const folder = temporaryFolder('bench');
  say('measuring');
  for (const [part, run] of Object.entries(PARTS))
    if (wanted.length === 0 || wanted.includes(part)) await run(folder);
});
