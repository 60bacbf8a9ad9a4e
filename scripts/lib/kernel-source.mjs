// Debian's package of the kernel source. It is the kernel's (GPL): what is taken from it stays in the cache.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { must, run } from './run.mjs';
import { say } from './say.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

export const KERNEL_PACKAGE = 'linux-source-6.12';
const ARCHIVE = `usr/src/${KERNEL_PACKAGE}.tar.xz`;

/** The package is downloaded once a process, whoever asks. @type {Promise<string> | undefined} */
let asked;

/**
 * A shell command that prints the archive as tar, from the package where it is installed, or else from one that is
 * only downloaded.
 */
export function kernelArchive() {
  return (asked ??= findArchive());
}

async function findArchive() {
  if (!onPath('xz') && mayInstall()) await aptInstall(['xz-utils']);
  if (existsSync(`/${ARCHIVE}`)) return `xz -dc /${ARCHIVE}`;
  if (!onPath('apt-get')) throw new Error('this is no Debian');
  const folder = temporaryFolder('kernel-source');
  await download(folder);
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  return `dpkg-deb --fsys-tarfile '${join(folder, String(deb))}' | tar -xO ./${ARCHIVE} | xz -dc`;
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
  say(`apt-get: downloading ${KERNEL_PACKAGE} (150 MB, kept only while a file is taken from it)`);
  const get = async (/** @type {string[]} */ options) => {
    await must('apt-get update', 'apt-get', [...options, 'update', '-qq'], { limit: 300 });
    return run('apt-get', [...options, 'download', '-qq', KERNEL_PACKAGE], { cwd: folder, limit: 600 });
  };
  if ((await get(own)).code === 0) return;
  const [, release] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  if (release === undefined) throw new Error(`no source of apt has ${KERNEL_PACKAGE}`);
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `deb http://deb.debian.org/debian ${release}-backports main\n`);
  const only = ['-o', `Dir::Etc::SourceList=${sources}`, '-o', 'Dir::Etc::SourceParts=-'];
  const { code, output } = await get([...own, ...only]);
  if (code !== 0) throw new Error(`neither the sources of apt nor ${release}-backports have it\n${output}`);
}
