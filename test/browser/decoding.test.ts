import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeWorkbench, explorerFrame, openFile, openWorkbench, runCommand, screenshot } from './workbench';

describe('decoding a number', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
  });
  afterAll(() => closeWorkbench(page));

  const row = (text: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  const menuItem = () => page.locator('.monaco-menu .action-item', { hasText: 'Decode Address…' });

  /** The menu closes, or cannot be closed, when something that is still opening takes the focus: a person tries again. */
  async function decodeFromMenu(line: Locator): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await line.click({ button: 'right', position: { x: 30, y: 8 }, timeout: 5_000 });
        await menuItem().click({ timeout: 5_000 });
        await row('physical address').first().waitFor({ timeout: 5_000 });
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await page.keyboard.press('Escape');
        await page.mouse.click(700, 842);
      }
    }
  }

  it('on a number in a log, from the menu of the editor, and leads to its page', async () => {
    await openFile(page, 'iomem.txt');
    const line = page.locator('.editor-instance .view-line', { hasText: '00100000' }).first();
    await line.waitFor();
    await decodeFromMenu(line);
    const first = row('physical address').first();
    expect(await first.innerText()).toMatch(/is RAM "System RAM", zone DMA/);
    await screenshot(page, 'decode-address');
    await first.click();
    await explorerFrame(page).locator('#memory-map').waitFor();
    await explorerFrame(page).getByText('pfn 0x100 ').first().waitFor();
  });

  it('compares what every version gives for a page', async () => {
    await runCommand(page, 'Bioscope: Compare Helpers for a Page');
    const input = page.locator('.quick-input-widget input[type="text"]').first();
    await page.locator('.quick-input-title', { hasText: 'Compare helpers' }).waitFor();
    await input.fill('0x40000');
    await input.press('Enter');
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
