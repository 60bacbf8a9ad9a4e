// 10,000,000 page frames in the real page: how soon a picture, how smooth, how much memory.
import { join } from 'node:path';
import { launchBrowser } from '../lib/chromium.mjs';
import { ensureBrowser } from '../lib/ensure-browser.mjs';
import { inRoot } from '../lib/paths.mjs';

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
const UNCLOCKED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

/**
 * What scripts/bench/frames.ts puts into the page.
 * @typedef {{ first: number, frames: number[] }} Peer
 * @typedef {{ firstPicture: () => Promise<number>, frames: () => Promise<number[]>, columnBytes: () => number, peer: () => Promise<Peer>, total: number }} InPage
 * @typedef {import('playwright-core').Page} Page
 */

/** The page a webview is, with the bundle in it, and the benchmark beside it. @param {string} folder */
async function bundled(folder) {
  const { build } = await import('esbuild');
  const [webview, style, bench] = ['webview.js', 'webview.css', 'frames.js'].map((name) =>
    join(folder, name),
  );
  const common = { bundle: true, minify: true, target: 'es2022' };
  const script = /** @type {const} */ ({ ...common, format: 'iife' });
  await Promise.all([
    build({ ...script, entryPoints: [inRoot('webview/main.ts')], outfile: webview }),
    build({ ...script, entryPoints: [inRoot('scripts/bench/frames.ts')], outfile: bench }),
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
 * @template {keyof InPage} Name
 * @param {Page} page @param {Name} name
 * @returns {Promise<any>}
 */
const call = (page, name) =>
  page.evaluate((/** @type {string} */ what) => {
    const { bench } = /** @type {{ bench: any }} */ (/** @type {unknown} */ (globalThis));
    return typeof bench[what] === 'function' ? bench[what]() : bench[what];
  }, name);

/** Bytes of JavaScript objects that are still needed. @param {Page} page */
async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

/** Prints how 10,000,000 frames fare. @param {string} folder for what is built */
export async function benchFrames(folder) {
  const prepare = await bundled(folder);
  const browser = await launchBrowser(await ensureBrowser(), UNCLOCKED);
  try {
    const open = async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await prepare(page);
      return page;
    };
    /** @type {number[]} */
    const firsts = [];
    for (let i = 0; i < 7; i++) {
      const page = await open();
      firsts.push(await call(page, 'firstPicture'));
      await page.close();
    }
    const page = await open();
    const empty = await heap(page);
    await call(page, 'firstPicture');
    const used = (await heap(page)) - empty;
    /** @type {number[]} */
    const times = await call(page, 'frames');
    const columns = await call(page, 'columnBytes');
    const total = await call(page, 'total');
    await page.close();

    const other = await open();
    const otherEmpty = await heap(other);
    /** @type {Peer} */
    const peer = await call(other, 'peer');
    const peerUsed = (await heap(other)) - otherEmpty;

    const name = `${total.toLocaleString('en')} frames`;
    const naive = 'an object and a rectangle a page';
    const first = quantile(firsts, 0.5);
    const p95 = quantile(times, 0.95);
    const peerP95 = quantile(peer.frames, 0.95);
    console.log(
      `${name}, spec to first picture / ${naive}: ${ratio(first, peer.first)}  (median ${ms(first)}, best ${ms(Math.min(...firsts))} / ${ms(peer.first)})`,
    );
    console.log(
      `${name}, p95 of ${times.length} frames of zoom and pan / ${naive}: ${ratio(p95, peerP95)}  (${ms(p95)}, median ${ms(quantile(times, 0.5))}, worst ${ms(Math.max(...times))} / ${ms(peerP95)})`,
    );
    console.log(
      `${name}, memory / ${naive}: ${ratio(used + columns, peerUsed)}  (${mib(used)} of heap + ${mib(columns)} of columns / ${mib(peerUsed)} of heap)`,
    );
  } finally {
    await browser.close();
  }
}

/** @param {number} ours @param {number} peer */
const ratio = (ours, peer) => `${(ours / peer).toFixed(3)}×`;
/** @param {number} value */
const ms = (value) => `${value.toFixed(1)} ms`;
/** @param {number} bytes */
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
}
