import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './audit';
import {
  SOON,
  closeWorkbench,
  explorerFrame,
  insist,
  listRow,
  openSidePanel,
  openWorkbench,
  runCommand,
  screenshot,
  setTheme,
} from './workbench';

describe('the series in the side bar', () => {
  let page: Page;
  const pane = () => page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Series' }) });
  const row = (text: string) => pane().locator('.monaco-list-row', { hasText: text }).first();

  beforeAll(async () => {
    page = await openWorkbench();
    await openSidePanel(page);
  });
  afterAll(() => closeWorkbench(page));

  it('is closed until somebody asks: the machine needs the room', async () => {
    expect(await pane().locator('.pane-header').getAttribute('aria-expanded')).toBe('false');
    await runCommand(page, 'Bioscope: Show the Series, File by File');
    await row('What v3 changed over v2').waitFor();
    await screenshot(page, 'series-tree');
  });

  it('is walked by keyboard: a patch, a file, its facts', async () => {
    await row('What v3 changed over v2').click();
    // A click opened it; the list shows no more rows than it has room for.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('End');
    await row('11/11 block: base support for pfn i/o').waitFor();
    await page.keyboard.press('ArrowRight');
    // Until it is open there is nothing below it to go to.
    await pane().locator('.monaco-list-row[aria-expanded="true"]', { hasText: '11/11' }).waitFor();
    await page.waitForTimeout(500);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await row('block/blk-core.c').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(500);
    for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowDown');
    await row('Page-less memory').waitFor();
    for (const theme of [
      'Dark Modern',
      'Light Modern',
      'Dark High Contrast',
      'Light High Contrast',
    ] as const) {
      await setTheme(page, theme);
      await screenshot(page, `series-facts-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await setTheme(page, 'Dark Modern');
  });

  it('filters by role, access and outcome', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Filter the Files of the Series…');
      await listRow(page, 'sendpage()').click();
      await screenshot(page, 'series-filter');
      await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    });
    await pane().locator('.message', { hasText: 'sendpage()' }).waitFor();
    await row('2/11 block: add helpers').getByText('3 files').waitFor();
    await screenshot(page, 'series-filtered');
  });

  it('opens the page of the series, and the facts of a file', async () => {
    await runCommand(page, 'Bioscope: Open the Series as a Page');
    const frames = page.locator('iframe.webview.ready').last();
    await frames
      .contentFrame()
      .frameLocator('#active-frame')
      .locator('h1', { hasText: 'evacuate' })
      .waitFor();
    await screenshot(page, 'series-page');
    await page.setViewportSize({ width: 760, height: 700 });
    await screenshot(page, 'series-page-narrow');
    await page.setViewportSize({ width: 1400, height: 850 });
  });

  it('simulates a file: its machine is in the explorer', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Simulate a File of the Series…');
      await page.locator('.quick-input-title', { hasText: 'A file of the series' }).waitFor(SOON);
      await page.keyboard.type('raid5');
      await listRow(page, 'drivers/md/raid5.c').click(SOON);
    });
    await explorerFrame(page).locator('h1', { hasText: 'drivers/md/raid5.c' }).waitFor();
    await screenshot(page, 'series-simulated');
    expect(await accessibilityProblems(explorerFrame(page))).toEqual([]);
  });
});
