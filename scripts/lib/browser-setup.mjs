// Vitest's globalSetup of the browser tests: one real VS Code with the packaged extension, and one browser.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowserServer } from './chromium.mjs';
import { ensureBrowser } from './ensure-browser.mjs';
import { ensureVscodeHost } from './ensure-vscode-host.mjs';
import { inRoot } from './paths.mjs';
import { temporaryFolder } from './temporary-folder.mjs';
import { findVsix } from './vsix.mjs';
import { installExtensions, startServer, workbenchUrl } from './vscode-server.mjs';

/** @typedef {import('./provided.d.ts')} _ makes project.provide know what we provide */

/**
 * @param {import('vitest/node').TestProject} project
 */
export default async function setup(project) {
  const executable = await ensureBrowser();
  const host = await ensureVscodeHost('newest');
  const state = temporaryFolder('browser');
  const workspace = join(state, 'workspace');
  cpSync(inRoot('media/sample'), workspace, { recursive: true });
  await installExtensions(host, { state }, [findVsix()]);
  const server = await startServer(host, { state });
  const browser = await launchBrowserServer(executable);
  project.provide('vscode', {
    browser: browser.wsEndpoint(),
    server: server.pid,
    workbench: workbenchUrl(server, workspace),
    workspace,
    screenshots: inRoot('out', 'screenshots'),
  });
  return async () => {
    await browser.close();
    await server.stop();
  };
}
