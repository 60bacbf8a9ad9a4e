import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, inRoot } from './paths.mjs';
import { say } from './say.mjs';
import { freePort, installExtensions, remoteUri, startServer, workbenchUrl } from './vscode-server.mjs';

/**
 * Starts VS Code on a copy of the sample project, with its C file and Bioscope's side panel open.
 * @param {import('./ensure-vscode-host.mjs').Host} host
 * @param {string} vsix
 * @param {number} preferredPort
 */
export async function showSample(host, vsix, preferredPort) {
  const { pack } = await import('./vsix.mjs');
  const port = await freePort(preferredPort);
  // The port is nobody else's while we run, so neither is a folder of its name.
  const state = join(cache, `start-${port}`);
  const workspace = join(state, 'sample');
  for (const part of ['sample', 'extensions']) rmSync(join(state, part), { recursive: true, force: true });
  cpSync(inRoot('media/sample'), workspace, { recursive: true });
  const firstSight = join(state, 'first-sight.vsix');
  await pack(inRoot('scripts/first-sight'), firstSight);
  say('installing the extension');
  await installExtensions(host, { state }, [vsix, firstSight]);
  say('starting VS Code');
  const server = await startServer(host, { state }, { port });
  const sample = remoteUri(server, join(workspace, 'block', 'sample.c'));
  return { server, workspace, url: workbenchUrl(server, workspace, [['openFile', sample]]) };
}
