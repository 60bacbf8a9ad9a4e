import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { THEMES, lookInEveryTheme, nameOf } from './looks';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  hoverWord,
  insist,
  listRow,
  openFile,
  openWorkbench,
  placeCursor,
  runAndChoose,
  runCommand,
  screenshot,
  setTheme,
  workspace,
} from './workbench';

describe('kernel C in the editor', () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWorkbench();
    await openFile(page, 'old_driver.c');
  });
  afterAll(() => closeWorkbench(page));

  const lines = () => page.locator('.editor-instance .view-line');
  /** Brings a line of the open file into view. */
  const goTo = (line: number) =>
    insist(page, async () => {
      await page.keyboard.press('Control+G');
      await page.locator('.quick-input-widget input[type="text"]').first().pressSequentially(`${line}`, SOON);
      await acceptRow(page, `line ${line}`);
    });
  const menuRow = (text: string) => page.locator('.action-widget .monaco-list-row', { hasText: text });

  /** By the keyboard; of a hint VS Code marks two characters, and only these have its hover. */
  async function hoverAtStartOfLine() {
    const hover = page.locator('.monaco-hover:visible .hover-contents', { hasText: 'Bioscope' }).first();
    await insist(page, async () => {
      await page.keyboard.press('Home');
      await page.keyboard.press('Control+K');
      await page.keyboard.press('Control+I');
      await hover.waitFor(SOON);
    });
    return hover;
  }

  it('says above operations and registrations how memory is reached', async () => {
    const lens = page.locator('.codelens-decoration', { hasText: 'DMA ops' });
    await lens.first().waitFor();
    await expect.poll(() => lens.first().innerText()).toContain('needs pages: map_page, map_sg · no map_pfn');
    await lookInEveryTheme(page, 'lens');
    await lens.first().locator('a').first().click();
    await page.locator('.tab', { hasText: 'How memory is reached' }).waitFor();
    await lines().filter({ hasText: 'old_map_sg() uses sg_page()' }).first().waitFor();
    await screenshot(page, 'lens-explained');
  });

  it('marks a hazard, with its reason and a link that opens the explanation', async () => {
    await openFile(page, 'old_driver.c');
    await goTo(42);
    await page.locator('.squiggly-hint').first().waitFor();
    const hover = await hoverAtStartOfLine();
    const text = await hover.innerText();
    expect(text).toContain('may sleep while an atomic mapping is held');
    expect(text).toContain('mapped here');
    for (const theme of THEMES) {
      await setTheme(page, theme);
      await hoverAtStartOfLine();
      await screenshot(page, `hazard-${nameOf(theme)}`);
    }
    await hover.locator('a', { hasText: 'kmap-sleep' }).first().click();
    await page.locator('.tab', { hasText: 'kmap-sleep.txt' }).waitFor();
    await lines().filter({ hasText: 'What goes wrong' }).first().waitFor();
    await screenshot(page, 'hazard-explained');
  });

  it('offers the helper at a place, shows the change, and makes it when told to', async () => {
    await openFile(page, 'old_driver.c');
    await goTo(51);
    await placeCursor(page, 'bv_page', 'page_address(bv');
    await insist(page, async () => {
      await page.keyboard.press('Control+.');
      await menuRow('Convert to bvec_page()').waitFor(SOON);
    });
    await inEveryThemeMenu();
    await menuRow('Convert to bvec_page()').click();
    const preview = page.locator('.bulk-edit-panel');
    await preview.locator('.monaco-list-row', { hasText: 'bvec_page' }).first().waitFor();
    await lookInEveryTheme(page, 'preview');
    await preview.locator('.monaco-button', { hasText: 'Apply' }).first().click();
    await lines().filter({ hasText: 'page_address(bvec_page(bv))' }).first().waitFor();
    await page.keyboard.press('Control+S');
  });

  it('converts a file by a command, and lists what it leaves alone', async () => {
    await openFile(page, 'old_driver.c');
    await runCommand(page, 'Bioscope: Convert to pfn Helpers');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'This file' }).click();
    const preview = page.locator('.bulk-edit-panel');
    await preview.locator('.monaco-list-row', { hasText: 'bvec_set_page' }).first().waitFor();
    await preview.locator('.monaco-button', { hasText: 'Apply' }).first().click();
    const toast = page.locator('.notification-toast', { hasText: 'left alone' });
    await toast.waitFor();
    await toast.locator('.monaco-button', { hasText: 'Show Them' }).click();
    await page.locator('.tab', { hasText: 'Left alone by the conversion' }).waitFor();
    await lines().filter({ hasText: 'sizeof' }).first().waitFor();
    await lookInEveryTheme(page, 'left-alone');
    await goTo(4);
    await runCommand(page, 'Open Link');
    await page.locator('.tab.active', { hasText: 'old_driver.c' }).waitFor();
  });

  it('lets a conversion of the workspace be called off, and then has changed nothing', async () => {
    const many = join(workspace, 'many');
    mkdirSync(many);
    const code = `#include <linux/bio.h>\n${'void f(struct bio_vec *bv)\n{\n\tuse(bv->bv_page);\n}\n'.repeat(200)}`;
    for (let i = 0; i < 2_000; i++) writeFileSync(join(many, `driver${i}.c`), code);
    try {
      await runAndChoose(page, 'Bioscope: Convert to pfn Helpers', 'The whole workspace');
      const rules = listRow(page, 'To the helpers of 2015');
      const toast = page.locator('.notification-toast', { hasText: 'Looking for what can be converted' });
      await rules.or(toast).first().waitFor();
      if (await rules.isVisible()) await rules.click();
      await toast.getByText(/[1-9][\d,]* places/).waitFor();
      await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
      await toast.waitFor({ state: 'detached' });
      // Long enough for a preview to come, if one would.
      await page.waitForTimeout(1_000);
      expect(await page.locator('.bulk-edit-panel').isVisible()).toBe(false);
      expect(readFileSync(join(many, 'driver0.c'), 'utf8')).toBe(code);
    } finally {
      rmSync(many, { recursive: true });
    }
  });

  it('has the layout of a structure before the sentences', async () => {
    await openFile(page, 'sample.c');
    const text = await hoverWord(page, 'bio_vec', 'tier_where');
    expect(text.indexOf('bv_offset')).toBeLessThan(text.indexOf('Page-backed'));
    await inEveryThemeHover('bio_vec', 'tier_where', 'struct-card');
  });

  /** A hover goes when the theme changes, and so does a menu: they are opened anew. */
  async function inEveryThemeHover(word: string, inLine: string, name: string): Promise<void> {
    for (const theme of THEMES) {
      await setTheme(page, theme);
      await hoverWord(page, word, inLine);
      await screenshot(page, `${name}-${nameOf(theme)}`);
    }
  }

  async function inEveryThemeMenu(): Promise<void> {
    for (const theme of THEMES) {
      await page.keyboard.press('Escape');
      await setTheme(page, theme);
      await insist(page, async () => {
        await page.keyboard.press('Control+.');
        await menuRow('Convert to bvec_page()').waitFor(SOON);
      });
      await screenshot(page, `quick-fix-${nameOf(theme)}`);
    }
  }
});
