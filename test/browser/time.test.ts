import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, watchComplaints } from './audit';
import { crashExtensionHost } from './extension-host';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  explorerFrame,
  insist,
  openFile,
  openWorkbench,
  runAndChoose,
  runCommand,
  screenshot,
  setTheme,
  type Theme,
} from './workbench';

describe('time in the explorer', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    // The list shows only as many rows as fit.
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Open Sample Machine');
      await page.locator('.quick-input-title', { hasText: 'Open Sample Machine' }).waitFor(SOON);
      await page.keyboard.type('swiotlb is full');
      await acceptRow(page, 'swiotlb is full');
    });
    explorer = explorerFrame(page);
    await explorer.locator('.transport').waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const button = (name: string) => explorer.locator('.transport').getByRole('button', { name, exact: true });
  const position = () => explorer.locator('.transport .position').innerText();
  const narration = () => explorer.locator('.transport .narration').first().innerText();
  /** What every picture shows, in words: the same moment has the same. */
  const pictures = async () => ({
    blocks: await explorer
      .locator('.chain-block')
      .evaluateAll((all) => all.map((b) => b.getAttribute('aria-label'))),
    queues: await explorer.locator('table.queues').innerText(),
    narration: await narration(),
    position: await position(),
  });

  it('goes to the start, forward and back, and finds the same pictures', async () => {
    await button('To the Start').click();
    await expect.poll(position).toMatch(/step\s+0 of/);
    expect(await narration()).toBe('Nothing has happened yet.');
    expect(await explorer.locator('.chain-block:not(.later)').count()).toBe(0);
    const seen = [await pictures()];
    for (let step = 1; step <= 12; step++) {
      await button('Step Forward, Into').click();
      await expect.poll(position).toMatch(new RegExp(`step\\s+${step} of`));
      seen.push(await pictures());
    }
    expect(new Set(seen.map((moment) => JSON.stringify(moment))).size).toBe(seen.length);
    for (let step = 11; step >= 0; step--) {
      await button('Step Back').click();
      await expect.poll(position).toMatch(new RegExp(`step\\s+${step} of`));
      expect(await pictures()).toEqual(seen[step]);
    }
  });

  it('runs to a kernel function, and shows queue, pool and addresses of that moment', async () => {
    await explorer.locator('.run-to input').fill('sg_dma_address');
    await page.keyboard.press('Enter');
    await expect.poll(position).toContain('sg_dma_address');
    expect(await narration()).toMatch(/bus address/);
    expect(await explorer.locator('table.queues').innerText()).toMatch(/sda.*#0 W 0 \+ 16/s);
    expect(await explorer.locator('#dma').innerText()).toMatch(/At step \d+: [1-9]\d* of 32768 slots/);
    expect(await explorer.locator('.chain-block.bounce:not(.later)').count()).toBe(1);
    await explorer.locator('.run-to input').fill('dma_map_pfn');
    await page.keyboard.press('Enter');
    await explorer.locator('.narration.failed', { hasText: 'does not come after this step' }).waitFor();
  });

  it('is walked by keyboard alone: the timeline and the tree', async () => {
    await explorer.locator('bioscope-timeline canvas').focus();
    await page.keyboard.press('Home');
    await expect.poll(position).toMatch(/step\s+0 of/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(position).toMatch(/step\s+1 of/);
    await explorer.locator('[role="treeitem"][tabindex="0"]').focus();
    await page.keyboard.press('End');
    const last = explorer.locator('[role="treeitem"]:focus');
    expect(await last.innerText()).toMatch(/DMA address|page/);
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => Number(/step\s+([\d,]+)/.exec(await position())?.[1]?.replace(',', '')))
      .toBeGreaterThan(5);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => explorer.locator('[role="treeitem"]').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => explorer.locator('[role="treeitem"]').count()).toBeGreaterThan(3);
  });

  it('is moved from the palette', async () => {
    await runCommand(page, 'Bioscope: Time: To the Start');
    await expect.poll(position).toMatch(/step\s+0 of/);
    await runCommand(page, 'Bioscope: Time: Step Over');
    await expect.poll(position).toMatch(/step\s+1 of/);
    await runAndChoose(page, 'Bioscope: Time: Run to', 'block_rq_issue');
    await expect.poll(position).toContain('block_rq_issue');
    await runCommand(page, 'Bioscope: Time: Play or Pause');
    await button('Pause').waitFor();
    await runCommand(page, 'Bioscope: Time: Play or Pause');
    await button('Play').waitFor();
  });

  it('is at the same moment after being hidden, after a flood of moves, and after a reload', async () => {
    await explorer.locator('.run-to input').fill('dma_map_sg');
    await page.keyboard.press('Enter');
    await explorer.locator('bioscope-timeline canvas').focus();
    for (let i = 0; i < 60; i++) await page.keyboard.press(i % 3 === 0 ? 'ArrowLeft' : 'ArrowRight');
    await page.waitForTimeout(500);
    const before = await pictures();
    await openFile(page, 'sample.c');
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('.transport').waitFor();
    await expect.poll(pictures).toEqual(before);
    await page.reload();
    await page.locator('.tab', { hasText: 'Bioscope' }).click();
    explorer = explorerFrame(page);
    await explorer.locator('.transport').waitFor();
    await expect.poll(pictures, { timeout: 20_000 }).toEqual(before);
  });

  it('is at the same moment after the extension host was restarted, and goes on from there', async () => {
    const before = await pictures();
    crashExtensionHost();
    // What VS Code leaves standing shows the same and hears nothing: it is replaced when a new host is there.
    await page.locator('.statusbar-item', { hasText: 'swiotlb is full' }).waitFor({ state: 'detached' });
    await page.locator('.statusbar-item', { hasText: 'swiotlb is full' }).waitFor();
    explorer = explorerFrame(page);
    await explorer.locator('.transport').waitFor();
    await expect.poll(pictures, { timeout: 20_000 }).toEqual(before);
    // From the new host to the picture, and from the picture to the new host.
    await runCommand(page, 'Bioscope: Time: Step Back');
    await expect.poll(position).not.toBe(before.position);
    await button('Step Forward, Into').click();
    await expect.poll(pictures).toEqual(before);
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'passes axe in the middle of a run in %s',
    async (theme) => {
      await setTheme(page, theme);
      expect(await accessibilityProblems(explorer)).toEqual([]);
      const name = theme.replaceAll(' ', '-').toLowerCase();
      await explorer.locator('#byte-ribbons').evaluate((section) => section.scrollIntoView());
      await screenshot(page, `time-ribbons-${name}`);
      await explorer.locator('bioscope-tree').evaluate((section) => section.scrollIntoView());
      await screenshot(page, `time-tree-${name}`);
    },
  );

  it('has room at some 570 px and none too much at 1400', async () => {
    await page.setViewportSize({ width: 960, height: 900 });
    await explorer.locator('#byte-ribbons').evaluate((section) => section.scrollIntoView());
    await screenshot(page, 'time-narrow');
    const frame = explorer.locator('.ribbon-frame').first();
    expect(await frame.evaluate((f) => f.scrollWidth - f.clientWidth)).toBeLessThanOrEqual(2);
    await page.setViewportSize({ width: 1400, height: 850 });
    expect(complaints).toEqual([]);
  });
});
