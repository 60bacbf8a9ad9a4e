// Debian's package of the kernel source. It is the kernel's (GPL): what is taken from it stays in the cache.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { must, run } from './run.mjs';
import { say } from './say.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/** @typedef {'6.1' | '6.12'} KernelVersion */

/** @param {KernelVersion} version */
export const kernelPackage = (version) => `linux-source-${version}`;

/** A package is downloaded once a process, whoever asks. @type {Map<KernelVersion, Promise<string>>} */
const asked = new Map();

/**
 * A shell command that prints the archive as tar, from the package where it is installed, or else from one that is
 * only downloaded.
 * @param {KernelVersion} version
 * @returns {Promise<string>}
 */
export function kernelArchive(version) {
  const command = asked.get(version) ?? findArchive(kernelPackage(version));
  asked.set(version, command);
  return command;
}

/** @param {string} name of the package */
async function findArchive(name) {
  const archive = `usr/src/${name}.tar.xz`;
  if (!onPath('xz') && mayInstall()) await aptInstall(['xz-utils']);
  if (existsSync(`/${archive}`)) return `xz -dc /${archive}`;
  if (!onPath('apt-get')) throw new Error('this is no Debian');
  const folder = temporaryFolder('kernel-source');
  await download(name, folder);
  const deb = readdirSync(folder).find((file) => file.endsWith('.deb'));
  return `dpkg-deb --fsys-tarfile '${join(folder, String(deb))}' | tar -xO ./${archive} | xz -dc`;
}

/**
 * Downloads the package into a folder. apt keeps its lists there too, so the machine's own stay as they are; its
 * sources are used first, and if none has the package, the backports of its release, from where the release comes.
 * @param {string} name of the package
 * @param {string} folder
 */
async function download(name, folder) {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true });
  const own = [
    '-o',
    `Dir::State::Lists=${join(folder, 'lists')}`,
    '-o',
    `Dir::Cache=${join(folder, 'cache')}`,
  ];
  if (process.getuid?.() === 0) own.push('-o', 'APT::Sandbox::User=root');
  say(`apt-get: downloading ${name} (150 MB, kept only while a file is taken from it)`);
  const get = async (/** @type {string[]} */ options) => {
    await must('apt-get update', 'apt-get', [...options, 'update', '-qq'], { limit: 300 });
    return run('apt-get', [...options, 'download', '-qq', name], { cwd: folder, limit: 600 });
  };
  if ((await get(own)).code === 0) return;
  const [, release] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)'], {
    limit: 60,
  });
  const [, mirror] = new RegExp(`^(\\S+) ${release}$`, 'm').exec(stdout) ?? [];
  if (release === undefined || mirror === undefined) throw new Error(`no source of apt has ${name}`);
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `deb ${mirror} ${release}-backports main\n`);
  const only = ['-o', `Dir::Etc::SourceList=${sources}`, '-o', 'Dir::Etc::SourceParts=-'];
  const { code, output } = await get([...own, ...only]);
  if (code !== 0) throw new Error(`neither the sources of apt nor ${release}-backports have it\n${output}`);
}
