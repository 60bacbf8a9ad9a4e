import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, watchComplaints } from './audit';
import { crashExtensionHost } from './extension-host';
import {
  SOON,
  closeWorkbench,
  explorerFrame,
  openFile,
  openWorkbench,
  runCommand,
  screenshot,
  setTheme,
  workspace,
  type Theme,
} from './workbench';

const NAME = 'edited.bioscope.json';
const file = join(workspace, NAME);

interface Saved {
  readonly machine: { readonly name: string; readonly devices: readonly { name: string; driver: string }[] };
}

describe('the machine editor', () => {
  let page: Page;
  let form: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    const sample = readFileSync(join(workspace, 'machine.bioscope.json'), 'utf8');
    writeFileSync(file, `// kept as it is\n${sample}`);
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await openFile(page, NAME);
    await runCommand(page, 'Bioscope: Edit Machine');
    await page.locator('.quick-input-list .monaco-list-row').last().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Edit Machine…' }).first().click();
    form = explorerFrame(page);
    await form.locator('.findings').waitFor();
  });
  afterAll(() => closeWorkbench(page));

  const control = (path: string) => form.locator(`[id="at-${path}"]`);
  const part = (path: string) => form.locator(`details[data-path="${path}"] > summary`);
  const status = () => form.locator('.findings [role="status"]');
  const saved = async (): Promise<Saved> => {
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\/\/.*\n/, '')) as Saved;
  };

  it('is one tree of labelled controls, with a picture of the memory', async () => {
    expect(await status().innerText()).toContain('can be simulated');
    await form.locator('svg.map').waitFor();
    expect(await control('machine/name').inputValue()).toBe('qemu-pmem');
  });

  it('says what is wrong while it is typed, beside the field, in the words of the checks', async () => {
    await part('machine/devices/0').click();
    await control('machine/devices/0/end').fill('0x40000000000000000');
    const wrong = form.locator('[id="at-machine/devices/0/end-wrong"]');
    await expect.poll(() => wrong.innerText()).toMatch(/expected an address of at most/);
    expect(await control('machine/devices/0/end').getAttribute('aria-invalid')).toBe('true');
    expect(await status().innerText()).toContain('cannot be simulated yet');
    await screenshot(page, 'machine-editor-wrong');
    await control('machine/devices/0/end').fill('0x50000000');
    await expect.poll(() => wrong.count()).toBe(0);
  });

  it('adds a stack by keyboard, and writes it into the file, comments kept', async () => {
    await form.locator('select[name="kind"]').selectOption('raid1');
    await form.locator('button', { hasText: '+ device' }).focus();
    await page.keyboard.press('Enter');
    await form.locator('summary', { hasText: 'md0 · raid1' }).waitFor();
    expect(await status().innerText()).toContain('can be simulated');
    const text = readFileSync(file, 'utf8');
    const { machine } = await saved();
    expect(machine.devices.at(-1)).toMatchObject({ driver: 'raid1', name: 'md0' });
    expect(readFileSync(file, 'utf8').startsWith('// kept as it is\n')).toBe(true);
    expect(text).not.toContain('md0');
  });

  it('undoes and redoes as the text does', async () => {
    const driver = async () => (await saved()).machine.devices.at(-1)!.driver;
    await form.locator('vscode-button', { hasText: 'Undo' }).click();
    await expect.poll(driver).not.toBe('raid1');
    await form.locator('vscode-button', { hasText: 'Redo' }).click();
    await expect.poll(driver).toBe('raid1');
    await form.locator('vscode-button', { hasText: 'Undo' }).click();
    await expect.poll(() => status().innerText()).toContain('can be simulated');
  });

  it('leads from what is wrong to its place', async () => {
    await part('machine/devices/0').click();
    await control('machine/name').fill('');
    const link = form.locator('.findings .link', { hasText: 'machine › name' });
    await link.focus();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => form.locator('body').evaluate((body) => body.ownerDocument.activeElement?.id))
      .toBe('at-machine/name');
    await page.keyboard.type('qemu-pmem');
    await expect.poll(() => status().innerText()).toContain('can be simulated');
  });

  it.each<Theme>(['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'])(
    'passes axe in %s',
    async (theme) => {
      await setTheme(page, theme);
      expect(await accessibilityProblems(form)).toEqual([]);
      await screenshot(page, `machine-editor-${theme.replaceAll(' ', '-').toLowerCase()}`);
    },
  );

  it('still writes into the file after the extension host was restarted', async () => {
    crashExtensionHost();
    await expect
      .poll(
        async () => {
          form = explorerFrame(page);
          await control('machine/name').fill('after-the-crash', SOON);
          await page.keyboard.press('Tab');
          return saved().then(({ machine }) => machine.name);
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toBe('after-the-crash');
    await control('machine/name').fill('qemu-pmem');
    await screenshot(page, 'machine-editor-restarted');
  });

  it('shows its machine in the explorer, and what is changed here is changed there', async () => {
    await control('machine/name').fill('qemu-pmem');
    await expect.poll(() => status().innerText()).toContain('can be simulated');
    await form.locator('vscode-button', { hasText: 'Show in Explorer' }).click();
    await page.locator('.tab.active', { hasText: 'Bioscope' }).waitFor();
    // The form is a page in an editor as the explorer is: the surface tells them apart.
    const titles = () =>
      Promise.all(
        page.frames().map((frame) =>
          frame
            .locator('body[data-surface="explorer"] h1')
            .allInnerTexts()
            .catch(() => []),
        ),
      );
    await expect.poll(async () => (await titles()).flat().join()).toContain('Memory of qemu-pmem');
    expect(complaints).toEqual([]);
  });
});
