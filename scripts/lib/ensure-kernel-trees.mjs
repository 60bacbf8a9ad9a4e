import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kernelArchive, kernelPackage } from './kernel-source.mjs';
import { cache } from './paths.mjs';
import { must } from './run.mjs';
import { say } from './say.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/** What tests read beside the files with these words. */
const WORDS = /bv_page|sg_page/;
const KEPT =
  /^(?:Makefile$|(?:arch\/x86|block|crypto|fs|include|kernel\/dma|lib|mm|virt|drivers\/(?:block|dax|iommu|md|nvdimm|nvme|pci|scsi|xen))\/)/;

/** What Debian has. @type {readonly import('./kernel-source.mjs').KernelVersion[]} */
const PACKAGED = ['6.1', '6.12'];

/**
 * Kernel trees for the agreement tests, by version, as far as they are there. Whoever has one puts it (or a link to
 * it) into the cache as `linux-<version>`; of 6.1 and 6.12 what tests read is taken out of Debian's packages. They are
 * the kernel's (GPL), so they stay out of the repository.
 * @returns {Promise<Record<string, string>>}
 */
export async function ensureKernelTrees() {
  /** @type {Record<string, string>} */
  const trees = {};
  const oldest = join(cache, 'linux-4.1.3');
  if (existsSync(oldest)) trees['4.1.3'] = oldest;
  for (const version of PACKAGED) {
    const folder = join(cache, `linux-${version}`);
    try {
      trees[version] = existsSync(folder) ? folder : await unpackTree(version, folder);
    } catch (error) {
      say(`No tree of ${version}: ${error instanceof Error ? error.message.trim() : String(error)}`);
    }
  }
  return trees;
}

/**
 * All C files of a kernel, 1.5 GB: what a benchmark of whole trees measures on.
 * @param {import('./kernel-source.mjs').KernelVersion} version
 */
export async function ensureWholeTree(version) {
  const folder = join(cache, `linux-${version}-whole`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await unpackC(version, draft);
  renameSync(draft, folder);
  return folder;
}

/**
 * @param {import('./kernel-source.mjs').KernelVersion} version
 * @param {string} folder
 */
async function unpackC(version, folder) {
  const archive = await kernelArchive(version);
  say(`${kernelPackage(version)}: unpacking its C`);
  const only = "--wildcards --strip-components=1 '*.c' '*.h' '*/Makefile'";
  await must('tar', 'sh', ['-c', `${archive} | tar -x -C '${folder}' ${only}`], { limit: 300 });
}

/**
 * @param {import('./kernel-source.mjs').KernelVersion} version
 * @param {string} folder
 */
async function unpackTree(version, folder) {
  const whole = temporaryFolder('kernel-tree');
  await unpackC(version, whole);
  mkdirSync(cache, { recursive: true });
  const draft = `${folder}.${process.pid}`;
  for (const entry of readdirSync(whole, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const inTree = path.slice(whole.length + 1);
    if (!entry.isFile() || !(KEPT.test(inTree) || WORDS.test(readFileSync(path, 'latin1')))) continue;
    const to = join(draft, inTree);
    mkdirSync(dirname(to), { recursive: true });
    await cp(path, to);
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}
