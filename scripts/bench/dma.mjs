// Segments mapped and unmapped by nommu and swiotlb, beside the same in C, measured in turns.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { bundled } from './bundled.mjs';

const LISTS = 200_000;
const ENTRIES = 8;
const TURNS = 6;

/** Prints ns a segment. @param {string} folder for what is built */
export async function benchDma(folder) {
  /** @type {{ DmaBench: new (name: 'nommu' | 'swiotlb') => { run(lists: number): number } }} */
  const { DmaBench } = await bundled('dma', folder);
  const peer = cPeer(folder);
  for (const name of /** @type {const} */ (['nommu', 'swiotlb'])) {
    const checksum = new DmaBench(name).run(LISTS);
    let ours = Infinity;
    let inC = Infinity;
    for (let turn = 0; turn < TURNS; turn++) {
      const bench = new DmaBench(name);
      const start = process.hrtime.bigint();
      bench.run(LISTS);
      ours = Math.min(ours, Number(process.hrtime.bigint() - start) / (LISTS * ENTRIES));
      if (!peer) continue;
      const theirs = peer(name);
      if (theirs.checksum !== checksum) throw new Error(`${name}: the peer in C maps elsewhere`);
      inC = Math.min(inC, theirs.ns);
    }
    const figures = `${ours.toFixed(1)} ns a segment`;
    console.log(
      peer
        ? `${name} of 4.1, mapped and unmapped / the same in C -O2: ${(inC / ours).toFixed(2)} of C  (${figures} / ${inC.toFixed(1)}; the same addresses)`
        : `${name} of 4.1: no C compiler here (cc); ${figures}`,
    );
  }
}

/** Runs the same in C; undefined without a compiler. @param {string} folder */
function cPeer(folder) {
  const program = join(folder, 'dma');
  const made = spawnSync('cc', ['-O2', '-o', program, inRoot('scripts/bench/dma/dma.c')], {
    stdio: 'inherit',
  });
  if (made.error || made.status !== 0) return undefined;
  /** @param {string} name */
  return (name) => {
    const { stdout } = spawnSync(program, [name, String(LISTS)], { encoding: 'utf8' });
    const [ns = NaN, checksum = NaN] = stdout.split(' ').map(Number);
    return { ns, checksum };
  };
}
