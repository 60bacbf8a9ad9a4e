import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchComplaints } from './audit';
import { lookInEveryTheme, scrollTo } from './looks';
import {
  closeWorkbench,
  explorerFrame,
  openWorkbench,
  runAndChoose,
  runCommand,
  screenshot,
} from './workbench';

describe('two machines under one workload', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await page.setViewportSize({ width: 1600, height: 1250 });
    await runAndChoose(page, 'Bioscope: Open Sample Machine', 'Bounced on the way');
    explorer = explorerFrame(page);
    await explorer.locator('h1', { hasText: 'Memory of' }).waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const row = (what: string) =>
    explorer.locator('#compare .compare tr', { hasText: what }).first().locator('td').allInnerTexts();

  it('are laid beside each other by a command', async () => {
    await runAndChoose(page, 'Bioscope: Compare With', 'Intel VT-d');
    await explorer.locator('#compare .compare').first().waitFor();
    const [bounced, sign, translated] = await row('of it through the swiotlb pool');
    expect([sign, translated]).toEqual(['≠', '0 B']);
    expect(bounced).not.toBe('0 B');
    expect(await explorer.locator('#compare svg.ribbons').count()).toBe(2);
  });

  it('show their events in rows, with a sign and a word for what differs', async () => {
    await explorer.locator('[data-name="compare-events"] summary').click();
    const copied = explorer.locator('[data-name="compare-events"] tr', { hasText: 'swiotlb_bounce' }).first();
    expect(await copied.locator('.sign').getAttribute('aria-label')).toBe('on the left alone');
  });

  it('are shown at the same moment: the one that stands beside it', async () => {
    const blocks = (side: number) =>
      explorer.locator('#compare .compare-pictures > div').nth(side).locator('.chain-block:not(.later)');
    const caption = explorer.locator('#compare p.caption', { hasText: /^(Left|Both)/ });
    expect(await caption.innerText()).toBe('Both at the end of their runs.');
    const whole = [await blocks(0).count(), await blocks(1).count()];
    await runCommand(page, 'Bioscope: Time: To the Start');
    await expect
      .poll(() => caption.innerText())
      .toMatch(/^Left: after step 0 of \d+\. Right: after step 0 of/);
    expect([await blocks(0).count(), await blocks(1).count()]).toEqual([0, 0]);
    await explorer.locator('.run-to input').fill('blk_rq_map_sg');
    await page.keyboard.press('Enter');
    await expect.poll(() => blocks(1).count()).toBeGreaterThan(0);
    expect(await blocks(1).count()).toBeLessThan(whole[1]!);
    const now = explorer.locator('[data-name="compare-events"] tr[aria-current="step"]');
    expect(await now.innerText()).toContain('blk_rq_map_sg');
    await explorer.locator('#compare').evaluate((section) => section.scrollIntoView());
    await screenshot(page, 'compare-moment');
    await runCommand(page, 'Bioscope: Time: To the End');
    await expect.poll(async () => [await blocks(0).count(), await blocks(1).count()]).toEqual(whole);
  });

  it('look right and are accessible in every theme', async () => {
    await scrollTo(explorer, '#compare');
    await lookInEveryTheme(page, 'compare', explorer);
  });

  it('are one again when the comparison ends', async () => {
    await runCommand(page, 'Bioscope: End Comparison');
    await explorer.locator('#compare .compare').first().waitFor({ state: 'detached' });
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});
