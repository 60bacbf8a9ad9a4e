import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { cache } from './paths.mjs';
import { must, run } from './run.mjs';
import { say } from './say.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const PACKAGE = 'linux-source-6.12';
const ARCHIVE = `usr/src/${PACKAGE}.tar.xz`;
const TABLE = `${PACKAGE}/tools/testing/scatterlist/main.c`;

/**
 * Provides the kernel's self-test of scatterlists, a C file with a table of cases, out of Debian's package of the source.
 * It is the kernel's (GPL), so it stays out of the repository, in the cache. Says why when there is no way to get it:
 * the test that reads it then fails, and no other.
 * @returns {Promise<{ file: string } | { missing: string }>}
 */
export async function ensureKernelTable() {
  const file = join(cache, PACKAGE, 'scatterlist-main.c');
  if (existsSync(file)) return { file };
  try {
    if (!onPath('xz') && mayInstall()) await aptInstall(['xz-utils']);
    const text = await readTable();
    mkdirSync(join(cache, PACKAGE), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
    return { file };
  } catch (error) {
    const missing =
      `The table of the kernel's scatterlist self-test is not here: ${error instanceof Error ? error.message.trim() : String(error)}\n` +
      `Debian: apt-get install ${PACKAGE} (on Debian 12 in bookworm-security and bookworm-backports) xz-utils.`;
    say(missing);
    return { missing };
  }
}

/** The table, from the package where it is installed, or else from one that is only downloaded. */
async function readTable() {
  if (existsSync(`/${ARCHIVE}`)) return unpack(`cat /${ARCHIVE}`);
  if (!onPath('apt-get')) throw new Error('this is no Debian');
  const folder = temporaryFolder('kernel-source');
  await download(folder);
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  return unpack(`dpkg-deb --fsys-tarfile '${join(folder, String(deb))}' | tar -xO ./${ARCHIVE}`);
}

/** One file of the archive that a command prints. tar stops at it, so what comes before may complain of a broken pipe. */
async function unpack(/** @type {string} */ archive) {
  const command = `${archive} | xz -dc | tar -xO --occurrence=1 ${TABLE}`;
  const { code, stdout, output } = await run('sh', ['-c', command], { limit: 120 });
  if (code !== 0 || !stdout.includes('tests[]')) throw new Error(`${TABLE} cannot be unpacked\n${output}`);
  return stdout;
}

/**
 * Downloads the package into a folder. apt keeps its lists there too, so the machine's own stay as they are; its
 * sources are used first, and if none has the package, the backports of its release.
 */
async function download(/** @type {string} */ folder) {
  for (const name of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, name), { recursive: true });
  const own = [
    '-o',
    `Dir::State::Lists=${join(folder, 'lists')}`,
    '-o',
    `Dir::Cache=${join(folder, 'cache')}`,
  ];
  if (process.getuid?.() === 0) own.push('-o', 'APT::Sandbox::User=root');
  say(`apt-get: downloading ${PACKAGE} (150 MB, kept only while a file is taken from it)`);
  const get = async (/** @type {string[]} */ options) => {
    await must('apt-get update', 'apt-get', [...options, 'update', '-qq'], { limit: 300 });
    return run('apt-get', [...options, 'download', '-qq', PACKAGE], { cwd: folder, limit: 600 });
  };
  if ((await get(own)).code === 0) return;
  const [, release] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  if (release === undefined) throw new Error(`no source of apt has ${PACKAGE}`);
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `deb http://deb.debian.org/debian ${release}-backports main\n`);
  const only = ['-o', `Dir::Etc::SourceList=${sources}`, '-o', 'Dir::Etc::SourceParts=-'];
  const { code, output } = await get([...own, ...only]);
  if (code !== 0) throw new Error(`neither the sources of apt nor ${release}-backports have it\n${output}`);
}
