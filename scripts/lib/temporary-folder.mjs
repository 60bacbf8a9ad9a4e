import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Imported for its order: at exit the processes end before their folders go.
import './run.mjs';

/** @type {string[]} */
const folders = [];

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/**
 * A folder that goes when this process ends, however it ends.
 * @param {string} name
 */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `bioscope-${name}-`));
  folders.push(folder);
  return folder;
}
