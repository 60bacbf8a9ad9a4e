// What the benchmarks of the page share: the page, frames without a clock, and numbers for people.
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** The page a webview is, without VS Code around it: the same bundle, and the theme's colours that it asks for. */
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>:root {
  --vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc; --vscode-descriptionForeground: #9d9d9d;
  --vscode-font-family: sans-serif; --vscode-editor-font-family: monospace; --vscode-focusBorder: #0078d4;
  --vscode-charts-blue: #3794ff; --vscode-charts-orange: #d18616; --vscode-charts-green: #89d185;
  --vscode-charts-purple: #b180d7; --vscode-charts-red: #f14c4c; --vscode-charts-yellow: #cca700;
  --vscode-disabledForeground: #888; --vscode-panel-border: #2b2b2b; }</style></head>
<body data-surface="explorer"><main id="root"></main>
<script>window.acquireVsCodeApi = () => ({ postMessage() {}, getState() {}, setState() {} });</script></body></html>`;

/** Without a display's clock, a frame takes what it takes and no more. */
export const UNCLOCKED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

/** The page a webview is, with the bundle in it, and a benchmark beside it. @param {string} folder @param {string} script */
export async function bundled(folder, script) {
  const { build } = await import('esbuild');
  const [webview, style, bench] = ['webview.js', 'webview.css', 'bench.js'].map((name) => join(folder, name));
  const common = { bundle: true, minify: true, target: 'es2022' };
  const bundle = /** @type {const} */ ({ ...common, format: 'iife' });
  await Promise.all([
    build({ ...bundle, entryPoints: [inRoot('webview/main.ts')], outfile: webview }),
    build({ ...bundle, entryPoints: [inRoot(script)], outfile: bench }),
    build({ ...common, entryPoints: [inRoot('webview/style.css')], outfile: style }),
  ]);
  /** @param {Page} page */
  return async (page) => {
    await page.setContent(PAGE);
    await page.addStyleTag({ path: style });
    await page.addScriptTag({ path: webview });
    await page.addScriptTag({ path: bench });
  };
}

/**
 * @param {Page} page @param {string} name
 * @returns {Promise<any>}
 */
export const call = (page, name) =>
  page.evaluate((/** @type {string} */ what) => {
    const { bench } = /** @type {{ bench: any }} */ (/** @type {unknown} */ (globalThis));
    return typeof bench[what] === 'function' ? bench[what]() : bench[what];
  }, name);

/** Bytes of JavaScript objects that are still needed. @param {Page} page */
export async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

/** @param {number} value */
export const ms = (value) => `${value.toFixed(1)} ms`;
/** @param {number} bytes */
export const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** @param {number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
}
