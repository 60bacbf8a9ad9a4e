import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  SOON,
  closeWorkbench,
  explorerFrame,
  insist,
  listRow,
  openFile,
  openWorkbench,
  runCommand,
  screenshot,
} from './workbench';

describe('decoding a number', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
  });
  afterAll(() => closeWorkbench(page));

  const row = (text: string) => listRow(page, text).first();
  const menuItem = () => page.locator('.monaco-menu .action-item', { hasText: 'Decode Address…' });

  const decodeFromMenu = (line: Locator) =>
    insist(page, async () => {
      // On the status bar: closes a menu that lost the focus, which Escape does not.
      await page.mouse.click(700, 842);
      await line.click({ button: 'right', position: { x: 30, y: 8 }, ...SOON });
      // A menu takes no click in the moment it opens; it takes a key.
      await menuItem().hover(SOON);
      await page.keyboard.press('Enter');
      await row('physical address').waitFor(SOON);
    });

  it('on a number in a log, from the menu of the editor, and leads to its page', async () => {
    await openFile(page, 'iomem.txt');
    const line = page.locator('.editor-instance .view-line', { hasText: '00100000' }).first();
    await line.waitFor();
    await decodeFromMenu(line);
    const first = row('physical address');
    expect(await first.innerText()).toMatch(/is RAM "System RAM", zone DMA/);
    await screenshot(page, 'decode-address');
    await first.click();
    await explorerFrame(page).locator('#memory-map').waitFor();
    await explorerFrame(page).getByText('pfn 0x100 ').first().waitFor();
  });

  it('compares what every version gives for a page', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Compare Helpers for a Page');
      await page.locator('.quick-input-title', { hasText: 'Compare helpers' }).waitFor(SOON);
      const input = page.locator('.quick-input-widget input[type="text"]').first();
      await input.fill('0x40000', SOON);
      await input.press('Enter', SOON);
    });
    const preview = page
      .locator('iframe.webview.ready[src*="extensionId=vscode.markdown-language-features"]')
      .last()
      .contentFrame()
      .frameLocator('#active-frame');
    await preview.locator('h2', { hasText: 'v3 (12 May 2015)' }).waitFor();
    await screenshot(page, 'compare-helpers');
    expect(await preview.locator('tr', { hasText: 'sg_page after sg_set_pfn' }).first().innerText()).toMatch(
      /BUG/,
    );
  });
});
