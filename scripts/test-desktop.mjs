// npm run test:desktop: the host suite in a desktop VS Code, which @vscode/test-electron downloads.
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { runMain } from './lib/say.mjs';

await runMain(async () => {
  await ensureNodeModules();
  const { build } = await import('./lib/bundle.mjs');
  const { hostSuite } = await import('./lib/suites.mjs');
  const { packageBioscope } = await import('./lib/vsix.mjs');
  await build({ tests: true });
  await packageBioscope();
  const { passed, failed } = await hostSuite('desktop', 900);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
