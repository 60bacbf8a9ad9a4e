import { existsSync, readFileSync } from 'node:fs';
import { must } from './run.mjs';
import { inRoot, root } from './paths.mjs';
import { say } from './say.mjs';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Locked */

/**
 * @param {string} file
 * @returns {Record<string, Locked>}
 */
const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Compares the lock file with npm's own record of what it installed: no stamp of ours can then be wrong. */
function isInstalled() {
  const record = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(inRoot('package-lock.json'))).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || installed[path]?.version === version,
  );
}

/** This module and what it imports must need no dependency. */
export async function ensureNodeModules() {
  if (isInstalled()) return;
  say('npm ci: installing the dependencies');
  await must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, limit: 600 });
}
