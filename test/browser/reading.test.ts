import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeWorkbench,
  explorerFrame,
  hoverWord,
  openFile,
  openWorkbench,
  runCommand,
  screenshot,
} from './workbench';

describe('reading and importing', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
  });
  afterAll(() => closeWorkbench(page));

  /** In VS Code's own file dialog, which opens in the workspace's folder. */
  async function chooseFile(name: string): Promise<void> {
    await page.locator('.quick-input-title', { hasText: 'Import a copy of' }).waitFor();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).click();
  }

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
    await runCommand(page, 'Bioscope: Import Machine');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'From a file' }).click();
    await chooseFile('iomem.txt');
    await explorerFrame(page).locator('h1', { hasText: 'Memory of iomem' }).waitFor();
    await screenshot(page, 'imported');
  });

  it('says what is wrong with a file that is no memory map, and keeps what was open', async () => {
    await runCommand(page, 'Bioscope: Import Machine');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'From a file' }).click();
    await chooseFile('Makefile');
    const toast = page.locator('.notification-toast', { hasText: 'Makefile was not imported' });
    await toast.waitFor();
    expect(await toast.innerText()).toContain('no line of /proc/iomem here');
    expect(await explorerFrame(page).locator('h1').innerText()).toBe('Memory of iomem');
  });

  it('prints how long VS Code says activation took', async () => {
    await runCommand(page, 'Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Bioscope — pfn' });
    await row.waitFor();
    const time = /(?:Activation|Startup Activation): (\d+)ms/.exec(await row.innerText())?.[1];
    console.log(`ACTIVATION (VS Code's own figure): ${time ?? '?'} ms`);
    expect(time).toBeDefined();
  });
});
