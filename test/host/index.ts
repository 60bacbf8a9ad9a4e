// What VS Code calls to run the host suite. Bundled with every test/host/suite/*.test.ts.
import Mocha from 'mocha';

/** The names of all suites, put here by scripts/lib/bundle.mjs so that none can be forgotten. */
declare const SUITES: string[];

/** What the runner outside counts by; it is looked for in the output, the only way out of every extension host. */
const report = (passed: number, failed: number) => {
  console.log(`BIOSCOPE-TESTS ${JSON.stringify({ passed, failed })}`);
};

function listen(runner: Mocha.Runner): void {
  runner.on('suite', (suite) => {
    if (suite.title) console.log(`  ${suite.title}`);
  });
  runner.on('pass', (test) => {
    console.log(`    ✓ ${test.title} (${String(test.duration)} ms)`);
  });
  runner.on('retry', (test: Mocha.Test, error: Error) => {
    console.log(`    ↻ ${test.fullTitle()}, once more after: ${error.message}`);
  });
  runner.on('pending', (test) => {
    console.log(`    - ${test.title}`);
  });
  runner.on('fail', (test, error: Error) => {
    console.log(`    ✗ ${test.fullTitle()}\n${error.stack ?? error.message}`);
  });
}

export async function run(): Promise<void> {
  // VS Code answers when it likes; what fails twice is wrong.
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, retries: 1, reporter: class {} as never });
  // Makes describe() and it() global, as loading a file through mocha would.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  for (const name of SUITES) await import(`./suite/${name}.test.ts`);
  const stats = await new Promise<Mocha.Stats>((done) => {
    const runner = mocha.run(() => {
      done(runner.stats as Mocha.Stats);
    });
    listen(runner);
  });
  report(stats.passes, stats.failures);
  if (stats.failures > 0) throw new Error(`${String(stats.failures)} host tests failed`);
  if (stats.passes === 0) throw new Error('no host test ran');
}
