const started = Date.now();

/**
 * One line a step, on stderr, so that stdout stays free for results.
 * @param {string} text
 */
export function say(text) {
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stderr.write(`[${seconds.padStart(4)} s] ${text}\n`);
}

/** An error whose message is all the user needs; no stack is printed. */
export class Unable extends Error {}

/**
 * Runs a script's main function and turns what it throws into a message and an exit code.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Unable ? error.message : error);
    process.exitCode = 1;
  }
}
