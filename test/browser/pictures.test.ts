// The pictures somebody who changes the map or a story has to look at, each in every kind of theme.
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchComplaints } from './audit';
import { lookInEveryTheme, openSample, scrollTo } from './looks';
import { closeWorkbench, openWorkbench, screenshot } from './workbench';

describe('pictures', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    // High enough for a whole story and for a map with what it says of a page.
    await page.setViewportSize({ width: 1400, height: 1250 });
  });
  afterAll(() => closeWorkbench(page));

  const mapText = () => explorer.locator('#memory-map').innerText();
  const inspector = () => explorer.locator('.inspector.page').innerText();
  it('a machine with four ranges: two with struct pages, two of persistent memory', async () => {
    explorer = await openSample(page, 'Four ranges', 'four-ranges');
    const map = await explorer.locator('svg.map').innerHTML();
    for (const part of ['1023 MiB', '512 MiB', 'no struct page']) expect(map).toContain(part);
    expect(await mapText()).toContain('8 MiB of memmap saved');
    await lookInEveryTheme(page, 'picture-four-ranges', explorer);
  });

  it('one page of it: what it is in every layout, and who points there', async () => {
    await explorer.locator('.search input').fill('pfn 0x44f0d');
    await page.keyboard.press('Enter');
    await explorer.locator('.inspector.page h2', { hasText: 'pfn 0x4_4f0d ' }).waitFor();
    for (const part of ['0x44f0_d000 – 0x44f0_dfff', 'namespace0.0', 'bio 1'])
      expect(await inspector()).toContain(part);
    await scrollTo(explorer, 'bioscope-map');
    await lookInEveryTheme(page, 'picture-page', explorer);
  });

  it('1 TiB of persistent memory without memmap', async () => {
    explorer = await openSample(page, '1 TiB of pmem', 'one-tib-pmem');
    expect(await mapText()).toContain('1 TiB have no struct page: 16 GiB of memmap saved');
    await lookInEveryTheme(page, 'picture-one-tib', explorer);
  });

  it('the story of the unbind, a picture a step', async () => {
    await explorer.locator('.story', { hasText: 'Unbind while a DAX write runs' }).click();
    await scrollTo(explorer, '#scenario');
    const position = () => explorer.locator('.player .position').innerText();
    await expect.poll(position).toBe('Before the first of 9 steps');
    for (let step = 1; step <= 9; step++) {
      await explorer.locator('.player vscode-button', { hasText: 'Next' }).click();
      await expect.poll(position).toContain(`Step ${step} of 9`);
      await screenshot(page, `picture-unbind-step-${step}`);
    }
    const oops = explorer.locator('.lanes tr', { hasText: 'unable to handle kernel paging request' });
    expect(await oops.locator('th, td').first().innerText()).toBe('7');
    await lookInEveryTheme(page, 'picture-unbind', explorer);
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});
