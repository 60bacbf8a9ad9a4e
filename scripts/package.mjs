// npm run package
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { runMain } from './lib/say.mjs';

await runMain(async () => {
  await ensureNodeModules();
  const { build } = await import('./lib/bundle.mjs');
  const { packageBioscope } = await import('./lib/vsix.mjs');
  await build();
  await packageBioscope();
});
