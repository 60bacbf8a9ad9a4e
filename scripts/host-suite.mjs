// The mocha suite of test/host inside a real VS Code, on the packaged extension:
//   node scripts/host-suite.mjs newest|lowest|web|desktop
// Ends with the line `BIOSCOPE-TESTS {"passed":N,"failed":N}` among its output, as the suite printed it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests,
} from '@vscode/test-electron';
import { ensureVscodeHost } from './lib/ensure-vscode-host.mjs';
import { inRoot } from './lib/paths.mjs';
import { Unable, runMain } from './lib/say.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';
import { findVsix } from './lib/vsix.mjs';
import { installExtensions } from './lib/vscode-server.mjs';

/** @param {string} state */
const foldersIn = (state) => ({ data: join(state, 'data'), extensions: join(state, 'extensions') });

/** VS Code as npm brings it; the stand-in plays the executable. @param {string} name @param {string} state */
async function npmBorne(name, state) {
  const hostName = name === 'lowest' ? 'lowest' : 'newest';
  await installExtensions(await ensureVscodeHost(hostName), { state, ...foldersIn(state) }, [findVsix()]);
  process.env.BIOSCOPE_HOST = hostName;
  process.env.BIOSCOPE_WORKER = name === 'web' ? '1' : '0';
  return inRoot('scripts/code-shim.mjs');
}

/** VS Code as a person has it, downloaded. @param {string} state */
async function desktop(state) {
  const executable = await downloadAndUnzipVSCode();
  const [code = executable, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable, {
    reuseMachineInstall: true,
  });
  const { data, extensions } = foldersIn(state);
  const install = [
    '--user-data-dir',
    data,
    '--extensions-dir',
    extensions,
    '--install-extension',
    findVsix(),
  ];
  const shell = process.platform === 'win32';
  const { status } = spawnSync(code, [...args, ...install], { stdio: 'inherit', shell });
  if (status !== 0) throw new Unable(`installing the extension failed with exit code ${status}`);
  return executable;
}

await runMain(async () => {
  const name = process.argv[2] ?? 'newest';
  const state = temporaryFolder('suite');
  const { data, extensions } = foldersIn(state);
  const workspace = join(state, 'workspace');
  mkdirSync(workspace);
  cpSync(inRoot('media/sample'), workspace, { recursive: true });
  return runTests({
    vscodeExecutablePath: name === 'desktop' ? await desktop(state) : await npmBorne(name, state),
    extensionDevelopmentPath: inRoot('out/test/host'),
    extensionTestsPath: inRoot('out/test/host', name === 'web' ? 'index.web.js' : 'index.js'),
    launchArgs: [workspace, `--user-data-dir=${data}`, `--extensions-dir=${extensions}`],
  });
});
