// The suites of `npm test`. Each returns how many tests passed and failed; one that breaks, hangs or finds no
// test at all counts as a failure, whatever it managed before.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runChecks } from './checks.mjs';
import { ensureBrowser } from './ensure-browser.mjs';
import { ensureCompiler } from './ensure-compiler.mjs';
import { ensureKernelTable } from './ensure-kernel-table.mjs';
import { ensureKernelTrees } from './ensure-kernel-trees.mjs';
import { ensureVscodeHost } from './ensure-vscode-host.mjs';
import { inRoot, root, tool } from './paths.mjs';
import { run } from './run.mjs';

/** `failures`: names and first lines of what went wrong, for the summary. */
/** @typedef {{ passed: number, failed: number, failures?: string[] }} Count */
/** @typedef {{ group: string, name: string, run: () => Promise<Count> }} Suite */

/**
 * @param {Count | undefined} count what the suite reported, if it came to that
 * @param {import('./run.mjs').RunResult} result
 * @returns {Count}
 */
function judge(count, { code, timedOut }) {
  if (timedOut) console.log('the time limit was reached');
  const { passed, failed, failures = [] } = count ?? { passed: 0, failed: 0 };
  if (passed + failed === 0) console.log('no test ran');
  const broken = code !== 0 || passed + failed === 0;
  return { passed, failed: broken && failed === 0 ? 1 : failed, failures };
}

/**
 * @param {string} project of vitest.config.mts
 * @param {number} limit seconds
 */
async function vitest(project, limit) {
  const file = inRoot('out', `vitest-${project}.json`);
  rmSync(file, { force: true });
  mkdirSync(inRoot('out'), { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['run', '--project', project, ...reporters];
  const result = await run(tool('vitest'), args, { cwd: root, limit, show: true });
  if (!existsSync(file)) return judge(undefined, result);
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    testResults,
  } = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {{ status: string, fullName: string, failureMessages: string[] }[]} */
  const tests = testResults.flatMap(
    (/** @type {{ assertionResults: object[] }} */ { assertionResults }) => assertionResults,
  );
  const failures = tests
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages[0] ?? ''}`);
  return judge({ passed, failed, failures }, result);
}

/**
 * @param {string} host what scripts/host-suite.mjs calls it
 * @param {number} limit seconds
 * @returns {Promise<Count>}
 */
export async function hostSuite(host, limit) {
  const args = [inRoot('scripts', 'host-suite.mjs'), host];
  const result = await run(process.execPath, args, { cwd: root, limit, show: true });
  const report = /^BIOSCOPE-TESTS (\{.*\})$/m.exec(result.stdout)?.[1];
  const failures = [...result.stdout.matchAll(/^ *✗ (.*\n.*)$/gm)].map(([, what = '']) => what);
  return judge(report ? { ...JSON.parse(report), failures } : undefined, result);
}

/**
 * Provides what a suite needs before its time limit starts to count.
 * @param {import('./ensure-vscode-host.mjs').HostName} version
 * @param {() => Promise<Count>} suite
 */
async function withVscode(version, suite) {
  process.env.CHROMIUM = await ensureBrowser();
  await ensureVscodeHost(version);
  return suite();
}

/** @type {Suite[]} */
export const suites = [
  { group: 'check', name: 'check', run: runChecks },
  { group: 'unit', name: 'unit', run: () => vitest('unit', 480) },
  {
    group: 'agreement',
    name: 'agreement',
    run: async () => {
      await ensureCompiler();
      // Before the time limit starts: it is a big download, the first time.
      await ensureKernelTable();
      await ensureKernelTrees();
      return vitest('agreement', 240);
    },
  },
  {
    group: 'host',
    name: 'host: newest VS Code',
    run: () => withVscode('newest', () => hostSuite('newest', 300)),
  },
  {
    group: 'host',
    name: 'host: lowest VS Code',
    run: () => withVscode('lowest', () => hostSuite('lowest', 300)),
  },
  {
    group: 'host',
    name: 'host: web worker',
    run: () => withVscode('newest', () => hostSuite('web', 300)),
  },
  {
    group: 'browser',
    name: 'browser',
    run: () => withVscode('newest', () => vitest('browser', 900)),
  },
];
