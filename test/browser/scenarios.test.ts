import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LessonEntry } from '../../src/protocol/lesson-view';
import { accessibilityProblems, watchComplaints } from './audit';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  explorerFrame,
  insist,
  openSidePanel,
  openWorkbench,
  runCommand,
  screenshot,
  setTheme,
  type Theme,
} from './workbench';

const gallery = JSON.parse(
  readFileSync(join(__dirname, '../../media/presets/lessons.json'), 'utf8'),
) as LessonEntry[];

describe('scenarios', () => {
  let page: Page;
  let side: FrameLocator;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    side = await openSidePanel(page);
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('svg.ribbons').waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const card = () => explorer.locator('.lesson');
  const current = () => explorer.locator('.lesson-step[aria-current="step"]');
  const standsAt = (n: number, of: number) =>
    explorer
      .locator(`.lesson-step[aria-current="step"][aria-label^="Step ${n} of ${of}:"]`)
      .waitFor({ timeout: 20_000 });

  async function openFromPalette(title: string): Promise<void> {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Open Scenario');
      await page.locator('.quick-input-title', { hasText: 'Open Scenario' }).waitFor(SOON);
      await page.keyboard.type(title);
      await acceptRow(page, title);
    });
    await card().locator('h2', { hasText: title }).waitFor();
  }

  /** All that is drawn and said: the text, and every shape. */
  async function pictureState(): Promise<string> {
    const drawn = await explorer.locator('main').evaluate((main) => {
      const shapes = [...main.querySelectorAll('svg')].map((svg) => svg.outerHTML);
      return [main.textContent, ...shapes].join('\n').replace(/<!--.*?-->/g, '');
    });
    return createHash('sha256').update(drawn).digest('hex');
  }

  it.each(gallery)('$title: from the palette to its end, and back to the same picture', async ({ title }) => {
    await openFromPalette(title);
    const steps = await explorer.locator('.lesson-step').count();
    await standsAt(1, steps);
    const first = await pictureState();
    for (let n = 2; n <= steps; n++) {
      await card().locator('vscode-button', { hasText: 'Next' }).click();
      await standsAt(n, steps);
      expect(await explorer.locator('.says.failed').count()).toBe(0);
    }
    expect(await pictureState()).not.toBe(first);
    await screenshot(page, `scenario-${title.replace(/\W+/g, '-').toLowerCase()}`);
    for (let n = steps - 1; n >= 1; n--) {
      await card().locator('vscode-button', { hasText: 'Back' }).click();
      await standsAt(n, steps);
    }
    expect(await pictureState()).toBe(first);
    expect(complaints).toEqual([]);
  });

  it('can be gone through with the keyboard alone', async () => {
    // From the palette (keys only, see above) to the steps, by Tab.
    await openFromPalette('swiotlb is full at 4 slots');
    await explorer.locator('main').focus();
    for (let tabs = 0; tabs < 4 && !(await isFocused('.lesson-step')); tabs++)
      await page.keyboard.press('Tab');
    const said: string[] = [];
    for (let n = 1; n <= 5; n++) {
      await standsAt(n, 5);
      said.push(await explorer.locator('.says').innerText());
      await page.keyboard.press('ArrowRight');
    }
    expect(said.join()).toMatch(/With 4 of 32768 slots in use.*swiotlb buffer is full/);
    await page.keyboard.press('Home');
    await standsAt(1, 5);
    // On to the buttons: Back is disabled here, so the next stop is Next.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await standsAt(2, 5);
    expect(await current().getAttribute('title')).toBe('A small write fits');
  });

  const isFocused = (selector: string) =>
    explorer
      .locator('body')
      .evaluate((body, css) => body.ownerDocument.activeElement?.matches(css) === true, selector);

  it('are listed in the side panel, which steps too', async () => {
    await side.locator('.story', { hasText: 'A broken promise' }).click();
    await side.locator('.lesson h2', { hasText: 'A broken promise' }).waitFor();
    await side.locator('.lesson vscode-button', { hasText: 'Next' }).click();
    await side.locator('.says', { hasText: 'Ordinary memory goes well' }).waitFor();
    await standsAt(2, 5);
    await page.locator('.statusbar-item', { hasText: 'A broken promise 2/5' }).waitFor();
    await side.locator('.lesson .close').click();
    await side.locator('.lesson').waitFor({ state: 'detached' });
    await card().waitFor({ state: 'detached' });
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'pass axe in %s, in the side panel and in the explorer',
    async (theme) => {
      await openFromPalette('One page as five words');
      await setTheme(page, theme);
      expect(await accessibilityProblems(explorer)).toEqual([]);
      expect(await accessibilityProblems(side)).toEqual([]);
      await screenshot(page, `scenario-${theme.replaceAll(' ', '-').toLowerCase()}`);
    },
  );
});
