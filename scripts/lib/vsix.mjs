import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createVSIX } from '@vscode/vsce';
import { inRoot, root } from './paths.mjs';
import { Unable, say } from './say.mjs';

/**
 * Packs a folder that holds an extension; everything it needs is bundled already.
 * @param {string} cwd
 * @param {string} packagePath
 */
export function pack(cwd, packagePath) {
  return createVSIX({
    cwd,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    skipLicense: !existsSync(`${cwd}/LICENSE`),
  });
}

/** The packaged extension. @returns {string} its path */
export function findVsix() {
  const file = readdirSync(root).find((name) => name.endsWith('.vsix'));
  if (!file) throw new Unable('There is no .vsix yet: npm run package');
  return inRoot(file);
}

/**
 * Leaves exactly one bioscope-<version>.vsix in the checkout's root.
 * @returns {Promise<string>} its path
 */
export async function packageBioscope() {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  for (const file of readdirSync(root)) if (file.endsWith('.vsix')) rmSync(inRoot(file));
  const vsix = inRoot(`bioscope-${version}.vsix`);
  await pack(root, vsix);
  say(`packaged bioscope-${version}.vsix, ${(statSync(vsix).size / 1024).toFixed(0)} KiB`);
  return vsix;
}
