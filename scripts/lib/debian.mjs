import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { must } from './run.mjs';
import { say } from './say.mjs';

/**
 * The full path of a program, or undefined.
 * @param {string} name
 */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Whether we may install system packages: only as root on Debian or its kin, as CI runs. */
export const mayInstall = () => process.getuid?.() === 0 && onPath('apt-get') !== undefined;

/**
 * @param {string[]} packages
 */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  say(`apt-get: installing ${packages.join(' ')}`);
  await must('apt-get update', 'apt-get', ['update', '-qq'], { env, limit: 300 });
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  await must('apt-get install', 'apt-get', install, { env, limit: 600 });
}
