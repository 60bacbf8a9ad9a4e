// What Coccinelle makes of the kernel trees in the cache, as hashes: test/agreement/reader/coccinelle.json.
// node scripts/coccinelle.mjs: needs spatch and patch (Debian: apt-get install coccinelle patch), and some minutes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureKernelTrees } from './lib/ensure-kernel-trees.mjs';
import { inRoot } from './lib/paths.mjs';
import { must, run } from './lib/run.mjs';
import { runMain, say } from './lib/say.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';

const FOLDER = inRoot('test', 'agreement', 'reader');

/** Other files have nothing to convert. */
const WORDS = String.raw`\bbv_page\b|page_(to_phys|address)\(sg_page\(`;

/** @type {readonly (readonly [string, readonly string[]])[]} */
const RULES = [
  ['series', ['4.1.3', '6.1', '6.12']],
  ['modern', ['6.1', '6.12']],
];

/** The paths of C files under a tree that have one of the words. @param {string} tree */
async function candidates(tree) {
  const { stdout } = await run('grep', ['-rlE', '--include=*.[ch]', WORDS, '.'], { cwd: tree, limit: 120 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(2))
    .sort();
}

/** Every converted file without white space, as a hash. @param {string} rules @param {string} tree */
async function converted(rules, tree) {
  const folder = temporaryFolder('coccinelle');
  const sp = join(FOLDER, `${rules}.cocci`);
  /** @type {Record<string, string>} */
  const hashes = {};
  const waiting = await candidates(tree);
  // One process a file: in one that sees them all, a single hard function can take minutes.
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const copy = join(folder, path);
      mkdirSync(dirname(copy), { recursive: true });
      const from = readFileSync(join(tree, path), 'latin1');
      writeFileSync(copy, from, 'latin1');
      const spatch = 'spatch --very-quiet --timeout 100 --sp-file "$0" --include-headers --in-place "$1"';
      await must('spatch', 'sh', ['-c', spatch, sp, copy], { limit: 120 });
      const to = readFileSync(copy, 'latin1');
      if (to !== from) hashes[path] = hash(to);
    }
  };
  await Promise.all([work(), work()]);
  return Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {string} text */
const hash = (text) =>
  createHash('sha256').update(text.replace(/\s+/g, ''), 'latin1').digest('hex').slice(0, 16);

await runMain(async () => {
  const trees = await ensureKernelTrees();
  /** @type {Record<string, Record<string, Record<string, string>>>} */
  const all = {};
  for (const [rules, versions] of RULES) {
    for (const version of versions) {
      const tree = trees[version];
      if (tree === undefined) throw new Error(`linux-${version} is not in the cache`);
      say(`${rules} on ${version}`);
      (all[rules] ??= {})[version] = await converted(rules, `${tree}/`);
    }
  }
  writeFileSync(join(FOLDER, 'coccinelle.json'), JSON.stringify(all, null, 1) + '\n');
});
