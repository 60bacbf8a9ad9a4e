import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, watchComplaints } from './audit';
import { closeWorkbench, openSidePanel, openWorkbench, screenshot, setTheme, type Theme } from './workbench';

describe('the side panel', () => {
  let page: Page;
  let side: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    side = await openSidePanel(page);
    await side.locator('svg.map').waitFor();
  });
  afterAll(() => closeWorkbench(page));

  it('shows the first sample: its map, the bytes without struct pages, its workload', async () => {
    expect(await side.locator('h1').innerText()).toBe('qemu-pmem');
    expect(await side.locator('.sentence').innerText()).toContain('256 MiB have no struct page');
    expect(await side.locator('.io').count()).toBe(5);
    expect(await side.locator('.badge.reconstructed').first().isVisible()).toBe(true);
  });

  it('fits into 300 px: nothing scrolls sideways', async () => {
    const [width, inner] = await side
      .locator('html')
      .evaluate((html) => [html.ownerDocument.defaultView!.innerWidth, html.scrollWidth] as const);
    expect(width).toBeLessThanOrEqual(300);
    expect(inner).toBeLessThanOrEqual(width);
  });

  it('tells the facts of a block that is clicked', async () => {
    await side.locator('.block.pmem').click();
    const facts = side.locator('.inspector');
    await facts.waitFor();
    const text = await facts.innerText();
    for (const part of ['Persistent RAM', '0x4000_0000 – 0x4fff_ffff', 'none: 4 MiB', '0x40000004']) {
      expect(text).toContain(part);
    }
  });

  it('is walked by keyboard: one tab stop, arrows, Enter', async () => {
    await side.locator('.block[tabindex="0"]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await side.locator('.inspector h2', { hasText: 'System RAM' }).waitFor();
    expect(await side.locator('.block[tabindex="0"]').count()).toBe(1);
    expect(await side.locator('.block[aria-pressed="true"]').count()).toBe(1);
  });

  it('has the same as a table', async () => {
    await side.locator('summary', { hasText: 'map as a table' }).click();
    const rows = side.locator('details[data-name="map-table"] tbody tr');
    expect(await rows.filter({ hasText: 'Persistent RAM' }).innerText()).toMatch(
      /0x4000_0000\s+0x4fff_ffff\s+256 MiB.*none/s,
    );
    await side.locator('summary', { hasText: 'map as a table' }).click();
    await rows.first().waitFor({ state: 'hidden' });
    // It stays closed through a redraw, and opens again.
    await side.locator('.block.pmem').click();
    expect(await rows.first().isVisible()).toBe(false);
    await side.locator('summary', { hasText: 'map as a table' }).click();
    await rows.first().waitFor();
    await screenshot(page, 'side-table');
    await side.locator('summary', { hasText: 'map as a table' }).click();
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'follows the theme to %s, passes axe in it, and keeps page-less memory visible',
    async (theme) => {
      await setTheme(page, theme);
      await expect
        .poll(() => side.locator('body').getAttribute('class'))
        .toMatch(/High/.test(theme) ? /high-contrast/ : /vscode-(dark|light)/);
      expect(await accessibilityProblems(side)).toEqual([]);
      const hatch = await side.locator('.hatch-line').evaluate((line) => getComputedStyle(line).fill);
      expect(hatch).not.toMatch(/rgba\(.*, 0(\.\d+)?\)|none/);
      await screenshot(page, `side-${theme.replaceAll(' ', '-').toLowerCase()}`);
    },
  );

  it('runs under a policy that allows nothing but our own script and style', async () => {
    const policy = await side.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[0-9a-f]{32}'; style-src /);
    expect(policy).not.toContain('unsafe');
    const styled = side.locator('main [style], main[style]');
    expect(await styled.evaluateAll((all) => all.map((e) => e.outerHTML.slice(0, 120)))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
