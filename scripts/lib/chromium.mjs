import { chromium } from 'playwright-core';

/** A browser without a display that can reach nothing but this machine. @param {string} executablePath @param {string[]} [more] */
const options = (executablePath, more = []) => ({
  executablePath,
  headless: true,
  // Root, as in CI, has no sandbox; the browser shows nothing but our own server.
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ...more,
  ],
});

/** @param {string} executablePath @param {string[]} [more] further arguments */
export const launchBrowser = (executablePath, more) => chromium.launch(options(executablePath, more));

/** A browser that other processes connect to. @param {string} executablePath */
export const launchBrowserServer = (executablePath) => chromium.launchServer(options(executablePath));
