// npm run pictures: takes the pictures of the README (docs/pictures) and of the walkthrough (media/walkthrough) anew, from
// the packaged extension in the real VS Code. Run `npm run package` first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { inRoot } from './lib/paths.mjs';
import { runMain, say } from './lib/say.mjs';
import { openWorkbench, toWebp } from './lib/workbench.mjs';

const SIZE = { width: 1280, height: 800 };

/** @typedef {Awaited<ReturnType<typeof openWorkbench>>} Workbench */

/** @param {Workbench} w @param {string} path @param {{ quality?: number, scale?: number, clip?: { x: number, y: number, width: number, height: number } }} [options] */
async function shoot(w, path, { clip, ...webp } = {}) {
  await w.page.waitForTimeout(400);
  const picture = await toWebp(w.page, await w.page.screenshot(clip ? { clip } : {}), webp);
  writeFileSync(inRoot(path), picture);
  say(`${path}: ${(picture.length / 1024).toFixed(0)} KiB`);
}

/** @param {Workbench} w @param {string} title @param {number} step from 1 */
async function scenario(w, title, step) {
  await w.ask('Bioscope: Open Scenario', title);
  await w.panel().locator('.lesson h2', { hasText: title }).waitFor();
  await w
    .panel()
    .locator('.lesson-step')
    .nth(step - 1)
    .click();
  await w.panel().locator(`.lesson-step[aria-label^="Step ${step} "][aria-current="step"]`).waitFor();
  await w.page.waitForTimeout(600);
}

/** @param {Workbench} w @param {string} selector */
async function scrollTo(w, selector) {
  await w
    .panel()
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollIntoView({ block: 'start' }));
}

/** @typedef {(w: Workbench) => Promise<void>} Pose */

/** @type {Pose} */
const refusal = (w) => scenario(w, 'Refused, level by level', 4);

/** @type {Pose} */
async function map(w) {
  await scenario(w, 'One page as five words', 1);
  await w.panel().locator('.lesson .close').click();
  await scrollTo(w, 'header');
}

/** @type {Pose} */
async function time(w) {
  await scenario(w, 'raid1 fails a healthy disk', 4);
  await w.panel().locator('.lesson .close').click();
  await scrollTo(w, '#timeline');
}

/** @type {Pose} */
async function compare(w) {
  await w.ask('Bioscope: Open Sample Machine', 'Bounced on the way');
  await w.ask('Bioscope: Compare With', 'Intel VT-d');
  await w.panel().locator('#compare .compare').first().waitFor();
  await scrollTo(w, '#compare');
}

/** @type {Pose} */
async function tier(w) {
  await w.ask('Bioscope: Open Sample Machine', 'One workload, four caches');
  await w.command('Bioscope: Show Tier');
  await w.panel().locator('bioscope-tier svg').first().waitFor();
  await scrollTo(w, '#tier');
}

/** @type {Pose} */
async function devices(w) {
  await scenario(w, 'Refused, level by level', 6);
  await w.panel().locator('.lesson .close').click();
  await scrollTo(w, '#devices');
}

/** @type {Pose} */
async function editor(w) {
  await w.ask('Bioscope: Edit Machine', 'A new machine');
  await w.panel().locator('.findings').waitFor();
  await w.panel().locator('details[data-path="machine/devices/1"] > summary').click();
  await w.panel().locator('[id="at-machine/devices/1/sectors"]').fill('0x10');
  await w.page.waitForTimeout(400);
}

/** @type {Pose} */
async function hover(w) {
  await w.openFile('sample.c');
  await w.page.keyboard.press('Control+G');
  await w.page.keyboard.type('56');
  await w.page.keyboard.press('Enter');
  const word = w.page.locator('.editor-instance .view-line', { hasText: 'bio_add_pfn(bio' }).last();
  await word.waitFor();
  const { x, y } = await word.evaluate((line) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = (node.textContent ?? '').indexOf('bio_add_pfn');
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + 6);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
    throw new Error('bio_add_pfn is not on the screen');
  });
  const shown = w.page.locator('.monaco-hover:visible .hover-contents').first();
  // The editor asks once for a word that is entered; an extension that was still waking up then had no answer.
  for (let tries = 0; tries < 10 && !(await shown.isVisible()); tries++) {
    await w.page.mouse.move(SIZE.width - 60, SIZE.height - 60);
    await w.page.waitForTimeout(200);
    await w.page.mouse.move(x - 2, y);
    await w.page.mouse.move(x, y);
    await shown.waitFor({ timeout: 2000 }).catch(() => undefined);
  }
}

/** @type {Record<string, Pose>} */
const README = {
  scenario: refusal,
  raid1: (w) => scenario(w, 'raid1 fails a healthy disk', 4),
  swiotlb: (w) => scenario(w, 'swiotlb is full at 4 slots', 4),
  dma: (w) => scenario(w, 'One write, three DMA setups', 6),
  story: (w) => scenario(w, 'The kunmap that loses its range', 4),
  words: (w) => scenario(w, 'One page as five words', 3),
  map,
  devices,
  time,
  compare,
  tier,
  editor,
  hover,
};

/** The five steps of the walkthrough, in the two kinds of theme. @type {Record<string, Pose>} */
const WALKTHROUGH = {
  map,
  scenario: refusal,
  hover,
  editor,
  import: (w) => w.command('Bioscope: Import Machine'),
};

/** @type {[string, string][]} */
const THEMES = [
  ['Default Dark Modern', 'dark'],
  ['Default Light Modern', 'light'],
];

/** What a walkthrough shows beside its text is small: the middle of the window, without the frame. */
const MIDDLE = { x: 320, y: 36, width: 940, height: 640 };

await runMain(async () => {
  const only = process.argv.slice(2);
  const wanted = (/** @type {string} */ name) => only.length === 0 || only.includes(name);
  mkdirSync(inRoot('docs/pictures'), { recursive: true });
  mkdirSync(inRoot('media/walkthrough'), { recursive: true });
  const w = await openWorkbench(SIZE);
  try {
    for (const [name, pose] of Object.entries(README)) {
      if (!wanted(name)) continue;
      await pose(w);
      await shoot(w, `docs/pictures/${name}.webp`);
      await w.page.keyboard.press('Escape');
    }
    for (const [theme, kind] of THEMES) {
      if (!wanted('walkthrough')) break;
      await w.setTheme(theme);
      for (const [name, pose] of Object.entries(WALKTHROUGH)) {
        await pose(w);
        await shoot(w, `media/walkthrough/${name}-${kind}.webp`, {
          quality: 0.7,
          scale: 2 / 3,
          clip: MIDDLE,
        });
        await w.page.keyboard.press('Escape');
      }
    }
  } catch (error) {
    await w.page.screenshot({ path: inRoot('out', 'pictures-failed.png') });
    throw error;
  } finally {
    await w.close();
  }
  return 0;
});
