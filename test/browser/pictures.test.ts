// The pictures somebody who changes the map or a story has to look at, each in every kind of theme.
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, watchComplaints } from './audit';
import {
  closeWorkbench,
  explorerFrame,
  openWorkbench,
  runAndChoose,
  screenshot,
  setTheme,
} from './workbench';

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

  async function openSample(title: string, machine: string): Promise<void> {
    await runAndChoose(page, 'Bioscope: Open Sample Machine', title);
    explorer = explorerFrame(page);
    await explorer.locator('h1', { hasText: `Memory of ${machine}` }).waitFor();
    await explorer.locator('bioscope-map canvas').waitFor();
  }

  async function inEveryTheme(name: string): Promise<void> {
    for (const theme of [
      'Light Modern',
      'Dark High Contrast',
      'Light High Contrast',
      'Dark Modern',
    ] as const) {
      await setTheme(page, theme);
      expect(await accessibilityProblems(explorer)).toEqual([]);
      await screenshot(page, `${name}-${theme.replaceAll(' ', '-').toLowerCase()}`);
    }
  }

  const mapText = () => explorer.locator('#memory-map').innerText();
  const inspector = () => explorer.locator('.inspector.page').innerText();
  const scrollTo = (selector: string) =>
    explorer.locator(selector).evaluate((element) => element.scrollIntoView());

  it('a machine with four ranges: two with struct pages, two of persistent memory', async () => {
    await openSample('Four ranges', 'four-ranges');
    const map = await explorer.locator('svg.map').innerHTML();
    for (const part of ['1023 MiB', '512 MiB', 'no struct page']) expect(map).toContain(part);
    expect(await mapText()).toContain('8 MiB of memmap saved');
    await inEveryTheme('picture-four-ranges');
  });

  it('one page of it: what it is in every layout, and who points there', async () => {
    await explorer.locator('.search input').fill('pfn 0x44f0d');
    await page.keyboard.press('Enter');
    await explorer.locator('.inspector.page h2', { hasText: 'pfn 0x4_4f0d ' }).waitFor();
    for (const part of ['0x44f0_d000 – 0x44f0_dfff', 'namespace0.0', 'bio 1'])
      expect(await inspector()).toContain(part);
    await scrollTo('bioscope-map');
    await inEveryTheme('picture-page');
  });

  it('1 TiB of persistent memory without memmap', async () => {
    await openSample('1 TiB of pmem', 'one-tib-pmem');
    expect(await mapText()).toContain('1 TiB have no struct page: 16 GiB of memmap saved');
    await inEveryTheme('picture-one-tib');
  });

  it('the story of the unbind, a picture a step', async () => {
    await explorer.locator('.story', { hasText: 'Unbind while a DAX write runs' }).click();
    await scrollTo('#scenario');
    const position = () => explorer.locator('.player .position').innerText();
    await expect.poll(position).toBe('Before the first of 9 steps');
    for (let step = 1; step <= 9; step++) {
      await explorer.locator('.player vscode-button', { hasText: 'Next' }).click();
      await expect.poll(position).toContain(`Step ${step} of 9`);
      await screenshot(page, `picture-unbind-step-${step}`);
    }
    const oops = explorer.locator('.lanes tr', { hasText: 'unable to handle kernel paging request' });
    expect(await oops.locator('th, td').first().innerText()).toBe('7');
    await inEveryTheme('picture-unbind');
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});
