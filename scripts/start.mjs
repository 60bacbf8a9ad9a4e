// npm start [-- --port N] [-- --open] [-- --desktop] [-- --check]
// Shows the packaged extension in a real VS Code on the sample project. Ctrl-C ends all of it.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { onPath } from './lib/debian.mjs';
import { ensureNodeModules } from './lib/ensure-node-modules.mjs';
import { ensureVscodeHost } from './lib/ensure-vscode-host.mjs';
import { inRoot } from './lib/paths.mjs';
import { Unable, runMain } from './lib/say.mjs';
import { showSample } from './lib/show-sample.mjs';

const options = /** @type {const} */ ({
  port: { type: 'string' },
  open: { type: 'boolean', default: false },
  desktop: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
});

/** @param {string} vsix */
function startDesktop(vsix) {
  const code = onPath('code');
  if (!code)
    throw new Unable('There is no `code` on the PATH. Without --desktop, VS Code runs in the browser.');
  for (const args of [
    ['--install-extension', vsix, '--force'],
    [inRoot('media/sample'), '--goto', inRoot('media/sample/block/sample.c:1')],
  ]) {
    const { status } = spawnSync(code, args, { stdio: 'inherit' });
    if (status !== 0) throw new Unable(`code ${args.join(' ')} failed with exit code ${status}`);
  }
  console.log('Bioscope is installed in your VS Code: click its icon in the activity bar.');
}

/** @param {string} url */
function openBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const display = process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (display && onPath(opener)) spawnSync(opener, [url], { stdio: 'ignore' });
}

/** @param {string} url */
async function answers(url) {
  const { status } = await fetch(url);
  if (status !== 200) throw new Unable(`${url} answered ${status}`);
}

await runMain(async () => {
  const { values } = parseArgs({ options });
  await ensureNodeModules();
  const { build } = await import('./lib/bundle.mjs');
  const { packageBioscope } = await import('./lib/vsix.mjs');
  await build();
  const vsix = await packageBioscope();
  if (values.desktop) {
    startDesktop(vsix);
    return;
  }

  const host = await ensureVscodeHost('newest');
  const { server, url, workspace } = await showSample(host, vsix, Number(values.port ?? 8137));
  console.log(`VS Code ${host.vscode} with Bioscope, on a fresh copy of media/sample: ${workspace}`);
  console.log('No password is asked, so it listens on this machine only. Ctrl-C ends it.');
  console.log(url);
  if (values.check) {
    await answers(url);
    return server.stop();
  }
  if (values.open) openBrowser(url);
  await server.ended;
});
