// npm run agree [-- DIR… --json] : the simulator against what real kernels printed; without arguments, the captures kept here.
import { spawnSync } from 'node:child_process';
import { inRoot } from './lib/paths.mjs';

const given = process.argv.slice(2);
const here = ['test', 'agreement'];
const directories = given.some((argument) => !argument.startsWith('-')) ? [] : [inRoot(...here, 'captures')];
const known = given.includes('--left-out') ? [] : ['--left-out', inRoot(...here, 'left-out.json')];
const run = spawnSync(
  process.execPath,
  [inRoot('scripts', 'cli.mjs'), 'agree', ...directories, ...known, ...given],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
