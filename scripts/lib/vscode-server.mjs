// Starts the real VS Code of ensure-vscode-host on a loopback port, with all of its state in one folder of ours.
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, start, stop } from './run.mjs';

/** @typedef {import('./ensure-vscode-host.mjs').Host} Host */

/**
 * @typedef {object} Places
 * @property {string} state a folder of this server's own
 * @property {string} [data] VS Code's --user-data-dir
 * @property {string} [extensions] VS Code's --extensions-dir
 */

/** Nothing that calls out, asks, greets or moves by itself. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** @param {Places} places */
const dataOf = ({ state, data }) => data ?? join(state, 'data');

/** @param {Places} places */
const settingsFile = (places) => join(dataOf(places), 'User', 'settings.json');

/**
 * Adds to the user settings; what is there already stays.
 * @param {Places} places
 * @param {Record<string, unknown>} settings
 */
export function writeSettings(places, settings) {
  const file = settingsFile(places);
  const old = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...quietSettings, ...old, ...settings }, null, 2));
}

/** @param {Places} places */
function commonArguments(places) {
  // Without a configuration file of its own it writes one, with a password, into the user's home.
  const config = join(places.state, 'config.yaml');
  mkdirSync(places.state, { recursive: true });
  writeFileSync(config, '');
  const extensions = places.extensions ?? join(places.state, 'extensions');
  return ['--config', config, '--user-data-dir', dataOf(places), '--extensions-dir', extensions];
}

/** A server started from a terminal inside VS Code must not find that one. @param {Places} places */
function environment({ state }) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|PORT$|PASSWORD$)/.test(name) || /^VSCODE_TEST/.test(name),
  );
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', HOME: join(state, 'home') };
}

/**
 * @param {Host} host
 * @param {Places} places
 * @param {string[]} vsixes
 */
export async function installExtensions(host, places, vsixes) {
  const flags = vsixes.flatMap((vsix) => ['--install-extension', vsix]);
  const args = [host.entry, ...commonArguments(places), ...flags];
  await must('installing the extension', host.node, args, { env: environment(places), limit: 120 });
}

/**
 * A loopback port nobody listens on: the preferred one, or any.
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export function freePort(preferred = 0) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', () => (preferred ? freePort().then(done, fail) : fail(new Error('no free port'))));
    probe.listen(preferred, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** @param {string} url @param {import('node:child_process').ChildProcess} server */
async function untilHealthy(url, server) {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) return false;
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}

/**
 * @param {Host} host
 * @param {Places} places
 * @param {{ port?: number, automation?: boolean }} [options] automation: let a page run extension tests
 */
export async function startServer(host, places, { port, automation = false } = {}) {
  writeSettings(places, {});
  port ??= await freePort();
  const authority = `127.0.0.1:${port}`;
  const args = [host.entry, ...commonArguments(places), '--bind-addr', authority, '--auth', 'none'];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-workspace-trust');
  args.push('--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened');
  if (host.modern && automation) args.push('--vscode-option', 'enable-smoke-test-driver');
  if (host.modern) args.push('--vscode-option', 'skip-welcome', '--vscode-option', 'skip-release-notes');
  const logFile = join(places.state, 'server.log');
  const log = openSync(logFile, 'a');
  const server = start(host.node, args, { env: environment(places), stdio: ['ignore', log, log] });
  const url = `http://${authority}`;
  if (!(await untilHealthy(url, server))) {
    await stop(server);
    throw new Error(`VS Code did not start:\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
  }
  const ended = new Promise((done) => server.once('exit', done));
  return { url, authority, pid: server.pid ?? 0, ended, stop: () => stop(server) };
}

/**
 * The address that opens a folder.
 * @param {{ url: string, authority: string }} server
 * @param {string | undefined} folder
 * @param {[string, string][]} [payload] what the workbench shall do at once
 */
export function workbenchUrl({ url }, folder, payload = []) {
  const query = folder ? `folder=${encodeURI(folder)}` : 'ew=true';
  return (
    `${url}/?${query}` + (payload.length ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '')
  );
}

/**
 * How the workbench names a file of this machine.
 * @param {{ authority: string }} server
 * @param {string} path
 */
export const remoteUri = ({ authority }, path) => `vscode-remote://${authority}${path}`;
