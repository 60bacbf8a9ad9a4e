import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchComplaints } from './audit';
import { lookInEveryTheme, openSample, scrollTo } from './looks';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  explorerFrame,
  insist,
  listRow,
  openWorkbench,
  runCommand,
  screenshot,
} from './workbench';

describe('DMA', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await page.setViewportSize({ width: 1400, height: 1400 });
  });
  afterAll(() => closeWorkbench(page));

  const row = (name: string) =>
    explorer.locator('.dma-ops tbody tr', { has: explorer.getByRole('button', { name, exact: true }) });

  it('says whose ops a machine has and why, and what each would make of a request', async () => {
    explorer = await openSample(page, 'Bounced on the way', 'narrow-disk');
    await runCommand(page, 'Bioscope: Show DMA');
    await explorer.locator('#dma .because li').first().waitFor();
    expect(await explorer.locator('#dma .because').innerText()).toContain(
      'memory ends at pfn 0x140000, above MAX_DMA32_PFN 0x100000: swiotlb = 1',
    );
    await explorer.locator('.io').nth(1).click();
    await explorer.locator('#dma h3', { hasText: 'request 1' }).waitFor();
    expect(await row('swiotlb').innerText()).toMatch(/this machine\s+7 entries · 6 bounced, 24 KiB copied/);
    expect(await row('nommu').innerText()).toContain('not mapped');
    expect(await row('intel').innerText()).toContain('7 translated');
    await scrollTo(explorer, '#dma');
    await lookInEveryTheme(page, 'dma-bounced', explorer);
  });

  it('shows the pool slot by slot, at its fullest moment', async () => {
    expect(await explorer.locator('#dma').innerText()).toMatch(
      /the fullest moment of this run\. \d+ of 32768 slots/,
    );
    await explorer.locator('details[data-name="pool"] summary').click();
    expect(await explorer.locator('details[data-name="pool"]').innerText()).toMatch(
      /dma_capable: its last byte 0x1_1000_0fff is above the mask 0xffff_ffff/,
    );
    await scrollTo(explorer, 'svg.pool');
    await lookInEveryTheme(page, 'dma-pool', explorer);
  });

  it('is walked by keyboard, and shows the walk of a page table', async () => {
    await explorer.locator('.dma-ops [tabindex="0"]').focus();
    await page.keyboard.press('End');
    for (let up = 0; up < 3; up++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await explorer.locator('#dma .inspector h3', { hasText: 'intel' }).waitFor();
    expect(await explorer.locator('.walk').first().innerText()).toMatch(/level 3\s+\[\d+\]\s+0x[0-9a-f]{16}/);
    expect(await explorer.locator('.dma-ops [tabindex="0"]').count()).toBe(1);
    await scrollTo(explorer, '.dma-ops');
    await lookInEveryTheme(page, 'dma-walk', explorer);
  });

  it('draws a list that needs two pages with the link between them', async () => {
    await explorer.locator('.io').nth(4).click();
    await explorer.locator('#dma h3', { hasText: 'sda sector 0' }).waitFor();
    expect(await explorer.locator('svg.sg-table').getAttribute('aria-label')).toBe(
      'Scatterlist of 160 entries in 2 pages',
    );
    expect(await explorer.locator('svg.sg-table .sg-link').count()).toBe(1);
    await scrollTo(explorer, '#dma');
    await screenshot(page, 'dma-chain');
  });

  it('shows what fails with the pool almost empty', async () => {
    explorer = await openSample(page, 'swiotlb is full', 'swiotlb-full');
    await explorer.locator('.io').nth(1).click();
    expect(await explorer.locator('.io').nth(1).innerText()).toContain('swiotlb could not map the 1 entries');
    expect(await explorer.locator('#dma').innerText()).toMatch(/a mapping of sda fails\. 4 of 32768 slots/);
    await scrollTo(explorer, '#dma');
    await lookInEveryTheme(page, 'dma-full', explorer);
  });

  it('shows what becomes of page-less memory', async () => {
    explorer = await openSample(page, 'Page-less memory on its way', 'page-less-dma');
    expect(await row('swiotlb, forced').innerText()).toContain(
      'BUG: unable to handle kernel paging request at ffff880040000000, in __memcpy',
    );
    expect(await row('intel').innerText()).toMatch(/this machine\s+2 entries · 2 translated/);
    await explorer.locator('details[data-name="sg-readings"] summary').click();
    expect(await explorer.locator('details[data-name="sg-readings"]').innerText()).toMatch(
      /sg_page\(\)\s+kernel BUG/,
    );
    await scrollTo(explorer, '#dma');
    await lookInEveryTheme(page, 'dma-pageless', explorer);
    await page.setViewportSize({ width: 760, height: 1400 });
    await screenshot(page, 'dma-pageless-narrow');
    await page.setViewportSize({ width: 1400, height: 1400 });
  });

  it('lets another choice be made, and runs the machine with it', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Choose DMA Ops');
      await listRow(page, 'AMD-Vi').waitFor(SOON);
      await page.keyboard.type('amd-vi');
      await acceptRow(page, 'amd-vi');
      await page.locator('.quick-input-widget input').waitFor(SOON);
      await page.keyboard.press('Control+A');
      await page.keyboard.type('amd_iommu=fullflush');
      await page.keyboard.press('Enter');
      await explorerFrame(page).locator('#dma b', { hasText: 'amd-vi' }).waitFor(SOON);
    });
  });

  it('explains the message that somebody pastes, number by number', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Explain DMA Error');
      await page.locator('.quick-input-widget input').waitFor(SOON);
      await page.keyboard.type(
        'nvme 0000:01:00.0: swiotlb buffer is full (sz: 393216 bytes), total 32768 (slots), used 4 (slots)',
      );
      await page.keyboard.press('Enter');
      await page.locator('.view-lines', { hasText: '393216' }).first().waitFor(SOON);
    });
    await lookInEveryTheme(page, 'dma-explained');
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});
