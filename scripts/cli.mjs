// npm run --silent bioscope -- VERB … : the command line tool, built when it is older than what it is made of.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { inRoot } from './lib/paths.mjs';
import { runMain } from './lib/say.mjs';

const bundle = inRoot('dist', 'cli.js');

function isFresh() {
  if (!existsSync(bundle)) return false;
  const built = statSync(bundle).mtimeMs;
  const sources = readdirSync(inRoot('src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(inRoot('src'), file));
  return [...sources, inRoot('package-lock.json')].every((file) => statSync(file).mtimeMs < built);
}

await runMain(async () => {
  if (!isFresh()) {
    await ensureNodeModules();
    const { buildCli } = await import('./lib/bundle.mjs');
    await buildCli();
  }
  // Synchronous: Ctrl-C reaches both, and the tool owns all three streams.
  return spawnSync(process.execPath, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
});
