// A chain of 10,000 nodes and a run of 1,000,000 events in the real page: how smooth, how soon a step, how much memory.
import { launchBrowser } from '../lib/chromium.mjs';
import { ensureBrowser } from '../lib/ensure-browser.mjs';
import { UNCLOCKED, bundled, call, heap, mib, ms, quantile } from './page.mjs';

/** Prints how the explorer fares with much to show. @param {string} folder for what is built */
export async function benchWebview(folder) {
  const prepare = await bundled(folder, 'scripts/bench/webview.ts');
  const browser = await launchBrowser(await ensureBrowser(), UNCLOCKED);
  /** @param {string} what @param {number[]} times */
  const line = (what, times) =>
    console.log(
      `${what}: p95 ${ms(quantile(times, 0.95))}  (median ${ms(quantile(times, 0.5))}, worst ${ms(Math.max(...times))}, ${times.length} of them)`,
    );
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await prepare(page);
    const empty = await heap(page);
    const first = await call(page, 'showChain');
    const nodes = await call(page, 'nodes');
    const chain = (await heap(page)) - empty;
    console.log(`chain of ${nodes} nodes, first picture: ${ms(first)}, ${mib(chain)} of heap`);
    line(`chain of ${nodes} nodes, frames of panning`, await call(page, 'chainFrames'));
    const before = await heap(page);
    const shown = await call(page, 'showLong');
    const [events, bytes] = [await call(page, 'events'), await call(page, 'bytes')];
    const name = `${events.toLocaleString('en')} events`;
    console.log(`${name}, from the message to the first picture: ${ms(shown)}`);
    line(`${name}, frames of zoom and pan`, await call(page, 'timelineFrames'));
    const steps = await call(page, 'steps');
    console.log(`${name}, the first leap to the end: ${ms(steps.first)}`);
    line(`${name}, a leap anywhere`, steps.leaps);
    line(`${name}, a step forward anywhere`, steps.forward);
    line(`${name}, a step back anywhere`, steps.back);
    console.log(
      `${name}, memory: ${mib((await heap(page)) - before)} of heap + ${mib(bytes)} of columns, packed as they were sent`,
    );
  } finally {
    await browser.close();
  }
}
