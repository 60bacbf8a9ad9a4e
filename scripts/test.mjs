// npm test [-- --only unit,agreement,host,browser,check]
// Provides everything it needs, runs every suite, and sums up in the last line: `N passed, N failed`.
import { parseArgs } from 'node:util';
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { Unable, runMain, say } from './lib/say.mjs';

await runMain(async () => {
  if (process.env.CI) process.env.NO_COLOR ??= '1';
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  await ensureNodeModules();
  const { build } = await import('./lib/bundle.mjs');
  const { suites } = await import('./lib/suites.mjs');
  const { packageBioscope } = await import('./lib/vsix.mjs');

  const groups = values.only?.split(',') ?? suites.map(({ group }) => group);
  const unknown = groups.find((name) => !suites.some(({ group }) => group === name));
  if (unknown) throw new Unable(`There is no suite called ${unknown}.`);

  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const wrong = [];
  /** @param {string} name @param {() => Promise<import('./lib/suites.mjs').Count>} work */
  const count = async (name, work) => {
    say(name);
    const {
      passed,
      failed,
      failures = [],
    } = await work().catch((/** @type {unknown} */ error) => {
      console.log(error instanceof Unable ? error.message : error);
      return { passed: 0, failed: 1, failures: [String(error)] };
    });
    wrong.push(...failures.map((what) => `${name}: ${what.split('\n').slice(0, 6).join('\n  ')}`));
    total.passed += passed;
    total.failed += failed;
    lines.push(`${name.padEnd(24)} ${passed} passed, ${failed} failed`);
    return failed === 0;
  };

  // Built and packaged first: unit tests weigh both, and the suites in VS Code test what is shipped.
  const built = await count('build', async () => {
    await build({ tests: groups.includes('host') });
    if (groups.some((name) => ['unit', 'host', 'browser'].includes(name))) await packageBioscope();
    return { passed: 1, failed: 0 };
  });
  for (const { group, name, run } of suites) {
    // Without a build there is nothing to test but the sources.
    if (groups.includes(group) && (built || group === 'check')) await count(name, run);
  }
  say('done');
  if (wrong.length > 0) console.log(`\nWhat failed:\n${wrong.slice(0, 40).join('\n')}`);
  console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
