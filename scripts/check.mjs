// npm run check
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { runMain } from './lib/say.mjs';

await runMain(async () => {
  await ensureNodeModules();
  const { runChecks } = await import('./lib/checks.mjs');
  const { passed, failed } = await runChecks();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
