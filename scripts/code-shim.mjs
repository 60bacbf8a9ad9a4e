#!/usr/bin/env node
// A stand-in for the desktop's `code`. @vscode/test-electron starts it with the arguments it has for VS Code; it
// shows the folder in a real VS Code server and a headless browser, runs the tests in the extension host and
// ends with their exit code. BIOSCOPE_HOST chooses the VS Code, BIOSCOPE_WORKER=1 the web worker extension host.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './lib/chromium.mjs';
import { ensureBrowser } from './lib/ensure-browser.mjs';
import { ensureVscodeHost } from './lib/ensure-vscode-host.mjs';
import { runMain } from './lib/say.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';
import { remoteUri, startServer, workbenchUrl, writeSettings } from './lib/vscode-server.mjs';

/** What VS Code says of its own affairs and nobody who reads a test's output wants. */
const noise =
  /^(%c|@@TESTS|ChatSessionStore|No search provider|Canceled: Canceled|Ignoring fetching|Updating additional|\[AccountPolicyGate|\[AgentHost|\[DefaultAccount|\[chat-|Creating a socket|\[Service Worker|Resolv(ing|ed) connection|\[reconnection-grace)/;

/** @param {string[]} argv */
function parse(argv) {
  /** @type {Map<string, string>} */
  const flags = new Map();
  const folders = [];
  for (const argument of argv) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name) flags.set(name, value ?? '');
    else folders.push(argument);
  }
  return { flags, folder: folders[0] };
}

/** @param {string} path */
const absolute = (path) => resolve(path.startsWith('file://') ? fileURLToPath(path) : path);

/** @param {Map<string, string>} flags @param {string} name */
function pathOf(flags, name) {
  const value = flags.get(name);
  if (!value) throw new Error(`code-shim: --${name}=… is missing`);
  return absolute(value);
}

/**
 * Opens the workbench so that it runs the tests, relays what it logs, and waits for its exit code.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @returns {Promise<number>}
 */
async function runInPage(browser, url) {
  const page = await browser.newPage();
  const exit = new Promise((done, fail) => {
    page.on('crash', () => fail(new Error('code-shim: the page crashed')));
    void page.exposeFunction('codeAutomationExit', done);
  });
  await page.exposeFunction(
    'codeAutomationLog',
    /** @type {(type: string, args: unknown[]) => void} */
    (type, args) => {
      if (typeof args[0] === 'string' && noise.test(args[0])) return;
      if (type === 'error') console.error(...args);
      else console.log(...args);
    },
  );
  await page.goto(url);
  return exit;
}

await runMain(async () => {
  const { flags, folder } = parse(process.argv.slice(2));
  const host = await ensureVscodeHost(process.env.BIOSCOPE_HOST === 'lowest' ? 'lowest' : 'newest');
  const state = temporaryFolder('code');
  const places = {
    state,
    data: pathOf(flags, 'user-data-dir'),
    extensions: pathOf(flags, 'extensions-dir'),
  };
  if (process.env.BIOSCOPE_WORKER === '1') {
    const web = { 'bioscope.bioscope': ['web'], 'bioscope.bioscope-tests': ['web'] };
    writeSettings(places, { 'remote.extensionKind': web });
  }
  const server = await startServer(host, places, { automation: true });
  const browser = await launchBrowser(await ensureBrowser());
  try {
    const url = workbenchUrl(server, folder && absolute(folder), [
      ['extensionDevelopmentPath', remoteUri(server, pathOf(flags, 'extensionDevelopmentPath'))],
      ['extensionTestsPath', remoteUri(server, pathOf(flags, 'extensionTestsPath'))],
      ['skipWelcome', 'true'],
    ]);
    return await runInPage(browser, url);
  } finally {
    await browser.close();
    await server.stop();
  }
});
