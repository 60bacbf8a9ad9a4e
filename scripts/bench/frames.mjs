// 10,000,000 page frames in the real page: how soon a picture, how smooth, how much memory.
import { launchBrowser } from '../lib/chromium.mjs';
import { ensureBrowser } from '../lib/ensure-browser.mjs';
import { UNCLOCKED, bundled, call, heap, mib, ms, quantile } from './page.mjs';

/** @typedef {{ first: number, frames: number[] }} Peer */

/** Prints how 10,000,000 frames fare. @param {string} folder for what is built */
export async function benchFrames(folder) {
  const prepare = await bundled(folder, 'scripts/bench/frames.ts');
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
