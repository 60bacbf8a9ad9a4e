import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  SOON,
  closeWorkbench,
  explorerFrame,
  hoverWord,
  insist,
  listRow,
  openFile,
  openWorkbench,
  runAndChoose,
  runCommand,
  screenshot,
} from './workbench';

describe('reading and importing', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
  });
  afterAll(() => closeWorkbench(page));

  /** The command, its list, and VS Code's own file dialog, which opens in the workspace's folder. */
  const importFile = (name: string) =>
    insist(page, async () => {
      await runAndChoose(page, 'Bioscope: Import Machine', 'From files');
      await page.locator('.quick-input-title', { hasText: 'Import the captures' }).waitFor(SOON);
      await listRow(page, name).click(SOON);
    });

  it('explains a name on hover, and its link opens the picture', async () => {
    await openFile(page, 'sample.c');
    const text = await hoverWord(page, '__pfn_t', '__pfn_t cache');
    expect(text).toContain('One machine word that names a page frame');
    expect(text).toContain('reconstructed');
    await screenshot(page, 'hover');
    await page.locator('.monaco-hover:visible a', { hasText: 'Show the picture' }).first().click();
    await explorerFrame(page).locator('#memory-map').waitFor();
  });

  it('imports a copy of /proc/iomem through the command, and draws it', async () => {
    await importFile('iomem.txt');
    await explorerFrame(page).locator('h1', { hasText: 'Memory of iomem' }).waitFor();
    await screenshot(page, 'imported');
  });

  it('says what is wrong with a file that is no memory map, and keeps what was open', async () => {
    await importFile('Makefile');
    const toast = page.locator('.notification-toast', { hasText: 'Makefile was not imported' });
    await toast.waitFor();
    expect(await toast.innerText()).toContain('expected the text of one of /proc/iomem');
    expect(await explorerFrame(page).locator('h1').innerText()).toBe('Memory of iomem');
  });

  it('imports the machine it runs on, or says why it cannot: only root sees the addresses', async () => {
    await runAndChoose(page, 'Bioscope: Import Machine', 'This machine');
    const explained = page.locator('.notification-toast', { hasText: 'every address is zero' });
    const imported = explorerFrame(page).locator('h1', { hasText: 'Memory of this machine' });
    await expect
      .poll(async () => (await explained.count()) + (await imported.count()), { timeout: 20_000 })
      .toBe(1);
  });

  it('prints how long VS Code says activation took', async () => {
    await runCommand(page, 'Developer: Show Running Extensions');
    // The list draws only what is in view, in an order that changes from run to run.
    await page.setViewportSize({ width: 1400, height: 3000 });
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Bioscope — pfn' });
    await row.waitFor();
    const time = /(?:Activation|Startup Activation): (\d+)ms/.exec(await row.innerText())?.[1];
    console.log(`ACTIVATION (VS Code's own figure): ${time ?? '?'} ms`);
    expect(time).toBeDefined();
  });
});
