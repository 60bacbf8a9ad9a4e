// npm run build [-- --tests] [-- --watch]
import { runMain, say } from './lib/say.mjs';
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';

await runMain(async () => {
  await ensureNodeModules();
  const { build, watch } = await import('./lib/bundle.mjs');
  const options = { tests: process.argv.includes('--tests') };
  if (process.argv.includes('--watch')) return watch(options);
  await build(options);
  say('built');
});
