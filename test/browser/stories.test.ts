import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../src/model/scenario';
import { accessibilityProblems, watchComplaints } from './audit';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  explorerFrame,
  insist,
  openWorkbench,
  runCommand,
  screenshot,
  setTheme,
  type Theme,
} from './workbench';

describe('stories', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('.story').first().waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const now = () => explorer.locator('.lanes tr.now');
  const next = () => explorer.locator('.player vscode-button', { hasText: 'Next' }).click();

  it('are listed, each with what to look for', async () => {
    expect(await explorer.locator('.story').count()).toBe(Object.keys(SCENARIOS).length);
    await explorer.locator('.story', { hasText: 'Unbind while a DAX write runs' }).click();
    await explorer.locator('.sentence', { hasText: 'All 83 orders of the steps' }).waitFor();
  });

  it('open with the ending that matters, and step to it', async () => {
    const broken = explorer.locator('#scenario .io.selected');
    expect(await broken.innerText()).toContain('an address that iounmap has taken away');
    for (let i = 0; i < 7; i++) await next();
    expect(await now().innerText()).toContain('unable to handle kernel paging request');
    expect(await explorer.locator('.state .alarm').innerText()).toContain('pwrite holds');
    await screenshot(page, 'stories-unbind');
  });

  it('let another task go first, from where one stands', async () => {
    await explorer.locator('.player vscode-button', { hasText: 'Start' }).click();
    for (let i = 0; i < 2; i++) await next();
    await explorer.locator('.instead', { hasText: 'Let unbind go first' }).click();
    await expect.poll(() => now().innerText()).toContain('del_gendisk');
    expect(await explorer.locator('[role="status"]', { hasText: 'Step 2 of' }).count()).toBe(1);
  });

  it('show what the series makes of it: another variant, other endings', async () => {
    await explorer.locator('.choice', { hasText: 'teardown waits' }).click();
    await expect
      .poll(() => explorer.locator('#scenario .io .outcome').allInnerTexts())
      .toEqual(expect.arrayContaining(['✓ pwrite: -EIO']));
    const endings = await explorer.locator('#scenario .io .outcome').allInnerTexts();
    expect(endings.filter((ending) => ending.includes('iounmap'))).toEqual([]);
  });

  it('are played by keyboard alone', async () => {
    await explorer.locator('.player vscode-button', { hasText: 'Next' }).focus();
    await page.keyboard.press('Enter');
    await explorer.locator('button.step[aria-current="step"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => explorer.locator('.player .position').innerText()).toMatch(/^Step 3 of/);
    await page.keyboard.press('Home');
    await expect.poll(() => explorer.locator('.player .position').innerText()).toMatch(/^Step 1 of/);
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Dark Modern'])('pass axe in %s', async (theme) => {
    await setTheme(page, theme);
    expect(await accessibilityProblems(explorer)).toEqual([]);
    await explorer.locator('#scenario').evaluate((section) => section.scrollIntoView());
    await screenshot(page, `stories-${theme.replaceAll(' ', '-').toLowerCase()}`);
  });

  it('are found in the command palette, variant by variant', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Play Story');
      await page.locator('.quick-input-title', { hasText: 'Play Story' }).waitFor(SOON);
      await page.keyboard.type('kunmap that loses');
      await acceptRow(page, 'kunmap that loses');
    });
    await explorer.locator('#scenario h3', { hasText: 'the kunmap that loses its range' }).waitFor();
  });

  it('close again', async () => {
    await explorer.locator('vscode-button', { hasText: 'All Stories' }).click();
    await explorer.locator('.story').first().waitFor();
    expect(complaints).toEqual([]);
  });
});
