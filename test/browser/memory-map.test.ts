import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('the detail of the memory map', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await runCommand(page, 'Bioscope: Open Explorer');
    explorer = explorerFrame(page);
    await canvas().waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const canvas = () => explorer.locator('bioscope-map canvas');
  const readout = () => explorer.locator('.readout').innerText();
  const shown = () => explorer.locator('.detail-head').innerText();
  const inspected = (pfn: string) => explorer.locator('.inspector.page h2', { hasText: `pfn ${pfn} ` });
  /** What is drawn, as a picture that can be compared. */
  const picture = () => canvas().evaluate((c) => (c as HTMLCanvasElement).toDataURL());

  /** Polled: until the extension has answered, what stands there is its answer to an earlier search. */
  async function search(text: string, answer: string): Promise<void> {
    await explorer.locator('.search input').fill(text);
    await page.keyboard.press('Enter');
    await expect.poll(() => explorer.locator('.found').innerText()).toContain(answer);
  }

  it('starts with all memory in view and the cursor where there is no struct page', async () => {
    expect(await shown()).toContain('pfn 0x0 – ');
    await expect.poll(readout).toContain('pfn 0x4_0000 at 0x4000_0000 · Persistent RAM · no struct page');
    // Rows of the tree are placed by script, which the page's policy allows; a style in the text would be refused.
    const styled = explorer.locator('main [style]:not(.tree-row), main[style]');
    expect(await styled.evaluateAll((all) => all.map((e) => e.outerHTML.slice(0, 120)))).toEqual([]);
    await screenshot(page, 'map-overview');
  });

  it('goes by keyboard alone from there to a page, and inspects it', async () => {
    await canvas().focus();
    const before = await picture();
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await page.keyboard.press('1');
    await expect.poll(shown).toContain('64 pages · 256 KiB');
    expect(await picture()).not.toBe(before);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(readout).toContain('pfn 0x4_0003 ');
    await page.keyboard.press('Enter');
    await inspected('0x4_0003').waitFor();
    const text = await explorer.locator('.inspector.page').innerText();
    for (const part of ['0x4000_3000 – 0x4000_3fff', 'none: a zone is made of struct pages', '0x40003004'])
      expect(text).toContain(part);
  });

  it('walks from range to range, to the ends and back to the whole', async () => {
    await page.keyboard.press('ArrowDown');
    await expect.poll(readout).toContain('pfn 0x5_0000 at 0x5000_0000 · System RAM');
    await page.keyboard.press('Home');
    await expect.poll(readout).toContain('pfn 0x0 ');
    await page.keyboard.press('0');
    await expect
      .poll(() => explorer.locator('.crumbs [aria-current="location"]').innerText())
      .toContain('Address space');
  });

  it('finds a page, selects it, and says who points there', async () => {
    await search('pfn 0x44f0d', 'pfn 0x44f0d: pfn 0x4_4f0d in Persistent RAM, no struct page.');
    await inspected('0x4_4f0d').waitFor();
    await expect.poll(shown).toContain('64 pages');
    await expect.poll(readout).toContain('points here (bv[0])');
    expect(await explorer.locator('.inspector.page').innerText()).toMatch(/bio \d+\s+bv\[0\] · offset 0/);
    await screenshot(page, 'map-page');
  });

  it('finds a name, and says what it looks for when there is none', async () => {
    await search('kernel code', 'range Kernel code');
    await expect.poll(readout).toContain('pfn 0x1000 ');
    await search('nowhere', 'Nothing here is called nowhere. Try 0x12345000');
    await search('0xffffea0001134340', 'pfn 0x4_4d0d');
  });

  it('zooms with the wheel around the pointer, and pans when dragged', async () => {
    const box = (await canvas().boundingBox())!;
    await canvas().focus();
    await page.mouse.move(box.x + box.width / 2, box.y + 70);
    await page.mouse.wheel(0, 200);
    await expect.poll(shown).toContain('128 pages');
    const before = await shown();
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 200, box.y + 70, { steps: 4 });
    await page.mouse.up();
    await expect.poll(shown).not.toBe(before);
    await expect.poll(shown).toContain('128 pages');
  });

  it('selects the page that is clicked', async () => {
    const box = (await canvas().boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + 70);
    const pointedAt = async () => /pfn (\S+)/.exec(await readout())?.[1] ?? '';
    await expect.poll(async () => inspected(await pointedAt()).count()).toBe(1);
  });

  it('takes a note on the page, in another wording and colour too, and keeps it through a reload', async () => {
    await search('pfn 0x44f0d', 'pfn 0x44f0d: pfn 0x4_4f0d');
    await inspected('0x4_4f0d').waitFor();
    await explorer.locator('.notes .new input').fill('read this twice');
    await explorer.locator('.notes .new button').click();
    const row = () => explorer.locator('.notes li');
    await row().waitFor();
    expect(await row().innerText()).toContain('0x44f0_d000');
    await expect.poll(readout).toContain('note: read this twice');
    await row().locator('input').fill('read this thrice');
    await row().locator('select').selectOption('red');
    await row().locator('button', { hasText: 'Save' }).click();
    await row().locator('.mark-red').waitFor();
    expect(await explorer.locator('.inspector.page').innerText()).toContain('read this thrice');
    // VS Code writes what an extension stores a moment later.
    await page.waitForTimeout(1_500);
    await page.reload();
    await page.locator('.tab', { hasText: 'Bioscope' }).click();
    explorer = explorerFrame(page);
    await row().waitFor();
    expect(await row().locator('input').inputValue()).toBe('read this thrice');
    await search('thrice', 'note read this thrice: 4 KiB from 0x44f0_d000');
  });

  it('says what struct pages cost', async () => {
    await explorer.locator('summary', { hasText: 'What struct pages cost: 256 MiB of pmem, 4 MiB' }).click();
    const cost = explorer.locator('details[data-name="cost"]');
    await cost.locator('input').fill('1 TiB');
    await cost.locator('tr', { hasText: 'fsdax, map=dev' }).filter({ hasText: '16 GiB' }).waitFor();
    await cost.locator('input').fill('much');
    expect(await cost.locator('[role="alert"]').innerText()).toContain('Write a size');
    await cost.locator('input').fill('1 TiB');
    await screenshot(page, 'map-cost');
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'is drawn again when the theme becomes %s, and passes axe in it',
    async (theme) => {
      const before = await picture();
      await setTheme(page, theme);
      await expect.poll(picture).not.toBe(before);
      expect(await accessibilityProblems(explorer)).toEqual([]);
      await screenshot(page, `map-${theme.replaceAll(' ', '-').toLowerCase()}`);
    },
  );

  it('removes the note again', async () => {
    await explorer.locator('.notes li button', { hasText: 'Remove' }).click();
    await explorer.locator('.notes li').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('keeps a note that the file does not hold yet when the file is saved with other words in it', async () => {
    await openFile(page, 'machine.bioscope.json');
    await runCommand(page, 'Bioscope: Show in Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('.notes .new input').fill('not in the file');
    await explorer.locator('.notes .new button').click();
    await explorer.locator('.notes li').waitFor();
    await openFile(page, 'machine.bioscope.json');
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+s');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'machine.bioscope.json' }).waitFor();
    await page.locator('.tab', { hasText: /^Bioscope/ }).click();
    explorer = explorerFrame(page);
    await explorer.locator('.notes li').waitFor();
    expect(await explorer.locator('.notes li input').inputValue()).toBe('not in the file');
  });
});
