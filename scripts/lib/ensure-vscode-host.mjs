// A real VS Code from the npm registry: its server, workbench and extension hosts, as code-server packages them.
// Kept out of package.json: 800 MB that only `npm start` and `npm test` need.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { cache } from './paths.mjs';
import { must, run } from './run.mjs';
import { Unable, say } from './say.mjs';

/** code-server 4.N.x carries VS Code 1.N.x. `lowest` is what engines.vscode in package.json promises. */
const versions = {
  newest: { codeServer: '4.139.1', vscode: '1.139.1', node: '24.21.0', watchdog: '@vscode/native-watchdog' },
  lowest: { codeServer: '4.100.3', vscode: '1.100.3', node: '20', watchdog: 'native-watchdog' },
};

/** @typedef {keyof typeof versions} HostName */
/** @typedef {{ vscode: string, node: string, entry: string, modern: boolean }} Host */

const stampName = '.complete';

/** Our own node when its major version is the wanted one, else undefined: then npm brings it. @param {string} wanted */
const ownNode = (wanted) =>
  process.versions.node.split('.')[0] === wanted.split('.')[0] ? process.execPath : undefined;

/**
 * @param {string} folder
 * @param {HostName} name
 * @returns {Host}
 */
function describe(folder, name) {
  const { vscode, node } = versions[name];
  return {
    vscode,
    node: ownNode(node) ?? join(folder, 'node_modules', nodePackage(), 'bin', 'node'),
    entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    modern: name === 'newest',
  };
}

const nodePackage = () => `node-${platform()}-${arch()}`;
const searchPackage = () => `@vscode/ripgrep-${platform()}-${arch()}`;

/**
 * @param {Host} host
 * @param {string} server the folder of the VS Code server
 * @param {string[]} modules
 */
async function buildNativeModules(host, server, modules) {
  const tools = ['python3', 'make', 'g++'];
  if (tools.some((name) => !onPath(name)) && mayInstall()) await aptInstall(tools);
  const home = dirname(dirname(host.node));
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: `${dirname(host.node)}${delimiter}${process.env.PATH ?? ''}` };
  // Headers that lie beside the node binary save a download from a site that may be out of reach.
  if (existsSync(join(home, 'include', 'node', 'node.h'))) env.npm_config_nodedir = home;
  const rebuild = ['rebuild', '--ignore-scripts=false', ...modules];
  const { code } = await run('npm', rebuild, { cwd: server, env, limit: 300 });
  if (code !== 0) say('that failed: VS Code works without them, but its log is noisy');
}

/** @param {string} folder where code-server 4.100 is, which lets install scripts fetch two things from elsewhere */
function mendOldServer(folder) {
  const modules = join(folder, 'node_modules');
  // The search tool: npm has it too.
  const search = join(modules, 'code-server', 'lib', 'vscode', 'node_modules', '@vscode', 'ripgrep', 'bin');
  mkdirSync(search, { recursive: true });
  copyFileSync(join(modules, searchPackage(), 'bin', 'rg'), join(search, 'rg'));
  // The password hash: loaded at every start, called only with passwords, and we have none.
  writeFileSync(join(modules, 'argon2', 'argon2.js'), 'module.exports = {};\n');
}

/**
 * @param {string} folder
 * @param {HostName} name
 */
async function install(folder, name) {
  const { codeServer, node, watchdog } = versions[name];
  const options = { cwd: folder, limit: 600 };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const wanted = [`code-server@${codeServer}`];
  if (!ownNode(node)) wanted.push(`${nodePackage()}@${node}`);
  if (name === 'lowest') wanted.push(`${searchPackage()}@1.18.0`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  say(`VS Code ${versions[name].vscode}: npm install ${wanted.join(' ')}`);
  await must('npm install', 'npm', ['install', ...quiet, ...wanted], options);
  const host = describe(folder, name);
  const server = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  // `npm ci` is refused here: the package's shrinkwrap is not quite in step with its package.json.
  for (const part of [server, join(server, 'extensions')]) {
    say(
      `VS Code ${host.vscode}: dependencies of ${part === server ? 'the server' : 'the built-in extensions'}`,
    );
    await must('npm install', 'npm', ['install', '--omit=dev', ...quiet], { ...options, cwd: part });
  }
  say(`VS Code ${host.vscode}: building its native log and watchdog modules`);
  await buildNativeModules(host, server, ['@vscode/spdlog', watchdog]);
  if (!host.modern) mendOldServer(folder);
  // Does it run at all? With a configuration of its own, else it leaves one in the user's home.
  const version = [host.entry, '--config', join(folder, 'config.yaml'), '--version'];
  await must('code-server --version', host.node, version, { limit: 60 });
}

/**
 * @param {HostName} name
 * @returns {Promise<Host>}
 */
export async function ensureVscodeHost(name) {
  const folder = join(cache, `vscode-host-${versions[name].vscode}`);
  const stamp = join(folder, stampName);
  if (existsSync(stamp)) return describe(folder, name);
  if (platform() === 'win32')
    throw new Unable('On Windows use `npm start -- --desktop` and `npm run test:desktop`.');
  mkdirSync(cache, { recursive: true });
  // Installed beside its place and then renamed: a broken install never looks whole.
  const draft = mkdtempSync(`${folder}.`);
  try {
    await install(draft, name);
    writeFileSync(join(draft, stampName), '');
    if (existsSync(stamp)) return describe(folder, name); // another process was faster
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  say(`VS Code ${versions[name].vscode}: ready`);
  return describe(folder, name);
}
