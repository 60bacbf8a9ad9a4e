// Everything that can be said of the sources without running them. Each check counts as one test.
import { root, tool } from './paths.mjs';
import { run } from './run.mjs';

const projects = ['src', 'src/host', 'src/cli', 'webview', 'test', 'scripts', 'scripts/bench'];
const rooms = ['src', 'webview', 'test'];

/** @type {{ name: string, command: string, args: string[] }[]} */
const checks = [
  ...projects.map((folder) => ({ name: `types of ${folder}`, command: 'tsc', args: ['-p', folder] })),
  { name: 'eslint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'prettier', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'walls between rooms',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', ...rooms],
  },
  { name: 'nothing unused', command: 'knip', args: ['--no-progress'] },
];

/** @returns {Promise<import('./suites.mjs').Count>} */
export async function runChecks() {
  /** @type {string[]} */
  const failures = [];
  const left = [...checks];
  const next = async () => {
    for (let check = left.shift(); check; check = left.shift()) {
      const { name, command, args } = check;
      const { code, output } = await run(tool(command), args, { cwd: root, limit: 300 });
      if (code !== 0) failures.push(`${name}\n${output.trim()}`);
      console.log(code === 0 ? `  ✓ ${name}` : `  ✗ ${name}\n${output}`);
    }
  };
  // Two at a time, for two cores.
  await Promise.all([next(), next()]);
  return { passed: checks.length - failures.length, failed: failures.length, failures };
}
