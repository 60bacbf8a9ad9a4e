import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KERNEL_PACKAGE, kernelArchive } from './kernel-source.mjs';
import { cache } from './paths.mjs';
import { must } from './run.mjs';
import { say } from './say.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const WORDS = /bv_page|sg_page/;

/**
 * Kernel trees for the agreement tests, by version, as far as they are there. Whoever has one puts it (or a link to
 * it) into the cache as `linux-<version>`; of 6.12 the files with the words of interest are taken out of Debian's
 * package. They are the kernel's (GPL), so they stay out of the repository.
 * @returns {Promise<Record<string, string>>}
 */
export async function ensureKernelTrees() {
  /** @type {Record<string, string>} */
  const trees = {};
  for (const version of ['4.1.3', '6.1', '6.12']) {
    const folder = join(cache, `linux-${version}`);
    if (existsSync(folder)) trees[version] = folder;
  }
  if (trees['6.12'] !== undefined) return trees;
  try {
    trees['6.12'] = await unpackTree(join(cache, 'linux-6.12'));
  } catch (error) {
    say(`No tree of 6.12: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
  return trees;
}

/** @param {string} folder */
async function unpackTree(folder) {
  const whole = temporaryFolder('kernel-tree');
  const command = `${await kernelArchive()} | tar -x -C '${whole}' --wildcards --strip-components=1 '*.c' '*.h'`;
  say(`${KERNEL_PACKAGE}: unpacking its C files, of which those with ${WORDS.source} are kept`);
  await must('tar', 'sh', ['-c', command], { limit: 300 });
  mkdirSync(cache, { recursive: true });
  const draft = `${folder}.${process.pid}`;
  for (const entry of readdirSync(whole, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !WORDS.test(readFileSync(path, 'latin1'))) continue;
    const to = join(draft, path.slice(whole.length));
    mkdirSync(dirname(to), { recursive: true });
    await cp(path, to);
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}
