import fc from 'fast-check';

/**
 * Random inputs are the same in every run, so that a test fails for what was changed and not for what was drawn.
 * `BIOSCOPE_SEED=random` draws others, a number draws that number's: what such a run finds becomes a test of its own.
 */
const { BIOSCOPE_SEED: wanted } = process.env;
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted ?? 2015) });
