// A bio's whole way through the engine, with the event log, beside the same way in C, measured in turns.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { bundled } from './bundled.mjs';

const BIOS = 100_000;
const TURNS = 8;
const MANY = 10_000_000;
/** Each run of pmem keeps its own log, which grows; and its bytes, where they are copied. */
const PMEM_BIOS = 20_000;
const COPIED = 1_000;

/** @type {readonly (readonly ['mq' | 'sq', string])[]} */
const PATHS = [
  ['mq', 'multi-queue disk of 4.1'],
  ['sq', 'SCSI disk of 4.1 with deadline'],
];

/** Prints how many bios a second the engine takes. @param {string} folder for what is built */
export async function benchEngine(folder) {
  /** @type {Bench} */
  const bench = await bundled('engine', folder);
  const peer = cPeer(folder);
  for (const [path, name] of PATHS) {
    const engine = new bench.EngineBench(path);
    engine.run(BIOS);
    const log = engine.log();
    let ours = Infinity;
    let inC = Infinity;
    // In turns, and the best of each: the machine is shared, and only the best is the program's own.
    for (let turn = 0; turn < TURNS; turn++) {
      ours = Math.min(
        ours,
        bestOf(3, BIOS, () => engine.run(BIOS)),
      );
      if (!peer) continue;
      const theirs = peer(path, BIOS);
      if (theirs.events !== log.events || theirs.checksum !== log.checksum)
        throw new Error(`${name}: the peer in C logs other events: ${JSON.stringify([log, theirs])}`);
      inC = Math.min(inC, theirs.ns);
    }
    const what = `${name}, event log / the same path in C -O2`;
    if (peer)
      console.log(
        `${what}: ${(inC / ours).toFixed(2)} of C  (${rate(ours)} / ${rate(inC)}; the same ${log.events.toLocaleString('en')} events)`,
      );
    else console.log(`${what}: no C compiler here (cc); ${rate(ours)}`);
  }
  memory(bench);
  pmem(bench);
}

/** @param {Bench} bench */
function memory(bench) {
  const engine = new bench.EngineBench('sq');
  engine.run(BIOS);
  const before = process.memoryUsage().rss;
  let most = before;
  for (let done = BIOS; done < MANY; done += BIOS) {
    engine.run(BIOS);
    most = Math.max(most, process.memoryUsage().rss);
  }
  console.log(
    `${MANY.toLocaleString('en')} bios, ${engine.log().events.toLocaleString('en')} events: ${mib(most)} resident at most, ${mib(before)} after the first ${BIOS.toLocaleString('en')}`,
  );
}

/** @param {Bench} bench */
function pmem(bench) {
  const bare = bench.pmemBench({ copyBytes: false, record: false });
  const recorded = bench.pmemBench({ copyBytes: false, record: true });
  const copied = bench.pmemBench({ copyBytes: true, record: false });
  /** @param {number} bios @param {(bios: number) => void} run */
  const best = (bios, run) => bestOf(40, bios, () => run(bios));
  const without = best(PMEM_BIOS, bare);
  row('pmem disk with every event recorded / without', best(PMEM_BIOS, recorded), without);
  row(
    '32 KiB written to pmem0 / the same bytes by memcpy',
    best(COPIED, copied),
    best(COPIED, bench.memcpyPeer),
  );
}

/** Nanoseconds a bio in the best of some runs. @param {number} runs @param {number} bios @param {() => void} run */
function bestOf(runs, bios, run) {
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / bios);
  }
  return best;
}

/** @param {string} name @param {number} ours ns a bio @param {number} peer ns a bio */
function row(name, ours, peer) {
  console.log(`${name}: ${(ours / peer).toFixed(2)}×  (${ours.toFixed(0)} / ${peer.toFixed(0)} ns a bio)`);
}

/** @param {number} ns a bio */
const rate = (ns) => `${(1000 / ns).toFixed(2)} M bios/s`;
/** @param {number} bytes */
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/**
 * @typedef {{ events: number, checksum: number }} Log
 * @typedef {object} Bench
 * @property {new (path: 'mq' | 'sq') => { run(bios: number): void, log(): Log }} EngineBench
 * @property {(options: { copyBytes: boolean, record: boolean }) => (bios: number) => void} pmemBench
 * @property {(bios: number) => void} memcpyPeer
 */

/** Runs the same path in C; undefined without a compiler. @param {string} folder */
function cPeer(folder) {
  const program = join(folder, 'engine');
  const sources = readdirSync(inRoot('scripts/bench/engine'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => inRoot(`scripts/bench/engine/${name}`));
  const made = spawnSync('cc', ['-O2', '-o', program, ...sources, '-lm'], { stdio: 'inherit' });
  if (made.error || made.status !== 0) return undefined;
  /** @param {string} path @param {number} bios @returns {Log & { ns: number }} */
  return (path, bios) => {
    const { stdout } = spawnSync(program, [path, String(bios), '3'], { encoding: 'utf8' });
    const [ns = NaN, events = NaN, checksum = NaN] = stdout.split(' ').map(Number);
    return { ns, events, checksum };
  };
}
