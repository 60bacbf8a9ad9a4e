import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../src/protocol/messages';
import { accessibilityProblems, watchComplaints } from './audit';
import {
  closeWorkbench,
  explorerFrame,
  openFile,
  openWorkbench,
  runCommand,
  screenshot,
  setTheme,
  type Theme,
} from './workbench';

describe('the explorer', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('svg.ribbons').waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const io = (title: string) => explorer.locator('.io', { hasText: title });

  it('draws the ribbons of the first I/O from memory to the disk', async () => {
    expect(await explorer.locator('svg.ribbons .column').allTextContents()).toEqual([
      'memory',
      'bio_vec',
      'bio',
      'pmem0',
    ]);
    expect(await explorer.locator('.chain-block').count()).toBe(2 + 3 + 1 + 1);
    expect(await explorer.locator('.copy-mark').count()).toBe(1);
  });

  it('lights the same bytes in every column when a block is focused', async () => {
    await explorer.locator('.chain-block[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const lit = explorer.locator('.chain-block.lit');
    expect(await lit.count()).toBeGreaterThanOrEqual(4);
    expect(await explorer.locator('.chain-block:not(.lit)').count()).toBeGreaterThan(0);
  });

  it('wears the rule on a refused I/O, page-less parts hatched', async () => {
    await io('write 12 KiB to ram0').click();
    await explorer.locator('.cut[aria-label*="QUEUE_FLAG_PFN not set on ram0"]').waitFor();
    expect(await explorer.locator('.cut .where').innerHTML()).toContain('generic_make_request_checks');
    expect(await explorer.locator('.chain-block.pageless').count()).toBe(3);
    await explorer.locator('#byte-ribbons').evaluate((section) => section.scrollIntoView());
    await screenshot(page, 'explorer-refused');
  });

  it('tells it step by step, and as a table', async () => {
    for (const name of ['Step by step', 'ribbons as a table'])
      await explorer.locator('summary', { hasText: name }).click();
    const steps = explorer.locator('details[data-name="event-table"] tbody tr');
    expect(await steps.allInnerTexts()).toContainEqual(expect.stringContaining('refused with -95'));
    const table = explorer.locator('details[data-name="chain-table"]');
    expect(await table.innerText()).toContain('no struct page');
    await screenshot(page, 'explorer-tables');
    for (const name of ['Step by step', 'ribbons as a table'])
      await explorer.locator('summary', { hasText: name }).click();
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'follows the theme to %s and passes axe in it',
    async (theme) => {
      await setTheme(page, theme);
      await expect
        .poll(() => explorer.locator('body').getAttribute('class'))
        .toMatch(/High/.test(theme) ? /high-contrast/ : /vscode-(dark|light)/);
      expect(await accessibilityProblems(explorer)).toEqual([]);
      await screenshot(page, `explorer-${theme.replaceAll(' ', '-').toLowerCase()}`);
    },
  );

  it('survives being hidden and shown: same I/O, same picture', async () => {
    await openFile(page, 'sample.c');
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('.io.selected', { hasText: 'write 12 KiB to ram0' }).waitFor();
    await explorer.locator('.cut').waitFor();
  });

  it('survives a window reload', async () => {
    await page.reload();
    // The address opens a file on top of what was there; the panel is behind it, unloaded, until it is shown.
    await page.locator('.tab', { hasText: 'Bioscope' }).click();
    explorer = explorerFrame(page);
    await explorer.locator('svg.ribbons').waitFor();
    expect(await explorer.locator('h1').innerText()).toBe('Memory of qemu-pmem');
  });

  it('refuses a message of another version politely', async () => {
    await explorer.locator('body').evaluate(() => {
      window.postMessage({ v: 99, type: 'state' }, '*');
    });
    expect(await explorer.locator('[role="alert"]').innerText()).toMatch(
      /newer Bioscope\. Reload the window/,
    );
    await explorer.locator('body').evaluate((_, v) => {
      window.postMessage({ v, type: 'state', state: { machine: '<img src=x onerror=alert(1)>' } }, '*');
    }, PROTOCOL_VERSION);
    expect(await explorer.locator('[role="alert"]').innerText()).toMatch(/does not understand/);
    expect(await explorer.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
