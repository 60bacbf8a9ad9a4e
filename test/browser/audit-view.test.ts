import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  SOON,
  closeWorkbench,
  insist,
  listRow,
  openSidePanel,
  openWorkbench,
  runAndChoose,
  runCommand,
  screenshot,
  setTheme,
  workspace,
} from './workbench';

describe('the audit', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
  });
  afterAll(async () => {
    await runCommand(page, 'Bioscope: Clear Audit');
    await closeWorkbench(page);
  });

  const view = () => page.locator('.pane', { has: page.getByRole('button', { name: /struct page Audit/ }) });
  const row = (text: string) => view().locator('.monaco-list-row', { hasText: text });

  it('is a closed view below the machine, which says what it is for', async () => {
    await openSidePanel(page);
    const header = page.getByRole('button', { name: /struct page Audit/ });
    await header.waitFor();
    expect(await header.getAttribute('aria-expanded')).toBe('false');
    await header.click();
    await view().getByRole('button', { name: 'Audit Kernel Tree…' }).waitFor();
    await screenshot(page, 'audit-welcome');
  });

  it('shows subsystem, file and use, and opens the place', async () => {
    const folder = workspace.split('/').at(-1)!;
    await runAndChoose(page, 'Bioscope: Audit Kernel Tree for struct page', folder);
    await row('57 % ready').click();
    await row('sample.c').click();
    await row('25: kmap_atomic').click();
    await page.locator('.tab.active', { hasText: 'sample.c' }).waitFor();
    await page.locator('.editor-instance .view-line', { hasText: 'kmap_atomic(bvec_page' }).waitFor();
    await view()
      .getByText(/\d+ hazards; \d+ other uses are not shown\./)
      .waitFor();
    await screenshot(page, 'audit-dark');
  });

  it('is filtered by what somebody ticks, and by words', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Filter Audit');
      await listRow(page, 'uses that are no hazard')
        .locator('input, .monaco-custom-toggle')
        .first()
        .click(SOON);
      await screenshot(page, 'audit-filter');
      await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click(SOON);
      await row('19: bv_pfn').waitFor(SOON);
    });
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Search Audit');
      const input = page.locator('.quick-input-widget input[type="text"]').first();
      await input.fill('dma_map');
      await page.keyboard.press('Enter');
      await row('68: dma_map_pfn').waitFor(SOON);
    });
    expect(await row('bv_pfn').count()).toBe(0);
    await runCommand(page, 'Bioscope: Clear Filter of Audit');
    await view()
      .getByText(/\d+ hazards; \d+ other uses are not shown\./)
      .waitFor();
  });

  it('is walked with the keyboard alone', async () => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Search Audit');
      await page.locator('.quick-input-widget input[type="text"]').first().fill('block/sample.c');
      await page.keyboard.press('Enter');
      await row('25: kmap_atomic').waitFor(SOON);
    });
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Focus on struct page Audit View');
      await view().locator('.monaco-list:focus-within').waitFor(SOON);
      await page.keyboard.press('Home');
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
      await page.locator('.statusbar-item', { hasText: 'Ln 87' }).waitFor(SOON);
    });
  });

  it('keeps its shape in every theme, narrow and wide', async () => {
    for (const theme of ['Light Modern', 'Dark High Contrast'] as const) {
      await setTheme(page, theme);
      await screenshot(page, `audit-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await page.setViewportSize({ width: 700, height: 600 });
    await screenshot(page, 'audit-narrow');
    await page.setViewportSize({ width: 1400, height: 850 });
  });

  it('is there again after the window was reloaded', async () => {
    await page.reload();
    await page.locator('.monaco-workbench .part.activitybar').waitFor();
    await openSidePanel(page);
    await row('57 % ready').waitFor();
  });
});
