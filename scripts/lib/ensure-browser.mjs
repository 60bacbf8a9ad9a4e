import { existsSync } from 'node:fs';
import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { Unable } from './say.mjs';

function find() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return names.map(onPath).find(Boolean) ?? (existsSync(mac) ? mac : undefined);
}

/**
 * The executable of a Chromium that can show the workbench without a display.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = find();
  if (found) return found;
  // The fonts are part of the need: without any, text has no size and nothing can be clicked.
  if (mayInstall()) await aptInstall(['chromium', 'fonts-dejavu-core']);
  const installed = find();
  if (installed) return installed;
  throw new Unable(
    'The tests need Chromium or Chrome. Install one (Debian: apt-get install chromium fonts-dejavu-core),\n' +
      'or name its executable in the environment variable CHROMIUM.',
  );
}
