import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelArchive, kernelPackage } from './kernel-source.mjs';
import { cache } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

const KERNEL_PACKAGE = kernelPackage('6.12');
const TABLE = `${KERNEL_PACKAGE}/tools/testing/scatterlist/main.c`;

/**
 * Provides the kernel's self-test of scatterlists, a C file with a table of cases, out of Debian's package of the source.
 * It is the kernel's (GPL), so it stays out of the repository, in the cache. Says why when there is no way to get it:
 * the test that reads it then fails, and no other.
 * @returns {Promise<{ file: string } | { missing: string }>}
 */
export async function ensureKernelTable() {
  const file = join(cache, KERNEL_PACKAGE, 'scatterlist-main.c');
  if (existsSync(file)) return { file };
  try {
    const text = await readTable();
    mkdirSync(join(cache, KERNEL_PACKAGE), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
    return { file };
  } catch (error) {
    const missing =
      `The table of the kernel's scatterlist self-test is not here: ${error instanceof Error ? error.message.trim() : String(error)}\n` +
      `Debian: apt-get install ${KERNEL_PACKAGE} (on Debian 12 in bookworm-security and bookworm-backports) xz-utils.`;
    say(missing);
    return { missing };
  }
}

/** One file of the archive that a command prints. tar stops at it, so what comes before may complain of a broken pipe. */
async function readTable() {
  const command = `${await kernelArchive('6.12')} | tar -xO --occurrence=1 ${TABLE}`;
  const { code, stdout, output } = await run('sh', ['-c', command], { limit: 120 });
  if (code !== 0 || !stdout.includes('tests[]')) throw new Error(`${TABLE} cannot be unpacked\n${output}`);
  return stdout;
}
