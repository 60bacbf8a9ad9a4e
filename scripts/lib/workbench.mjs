// A person in front of the real workbench, for scripts: the tests have hands of their own (test/browser/workbench.ts).
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureBrowser } from './ensure-browser.mjs';
import { ensureVscodeHost } from './ensure-vscode-host.mjs';
import { inRoot } from './paths.mjs';
import { temporaryFolder } from './temporary-folder.mjs';
import { findVsix } from './vsix.mjs';
import { installExtensions, startServer, workbenchUrl } from './vscode-server.mjs';

const OURS = 'iframe.webview.ready[src*="extensionId=bioscope.bioscope"]';
const SIDE = `${OURS}[src*="purpose=webviewView"]`;

/** @param {{ width: number, height: number }} viewport */
export async function openWorkbench(viewport) {
  const state = temporaryFolder('pictures');
  const workspace = join(state, 'workspace');
  cpSync(inRoot('media/sample'), workspace, { recursive: true });
  mkdirSync(join(workspace, '.vscode'));
  const executablePath = await ensureBrowser();
  const host = await ensureVscodeHost('newest');
  await installExtensions(host, { state }, [findVsix()]);
  const server = await startServer(host, { state });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const page = await context.newPage();
  /** @param {string} theme */
  const setTheme = async (theme) => {
    const settings = { 'workbench.colorTheme': theme, 'breadcrumbs.enabled': false };
    writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
    await page.waitForTimeout(1500);
  };
  await setTheme('Default Dark Modern');
  await page.goto(workbenchUrl(server, workspace));
  const entry = page.getByRole('tab', { name: 'Bioscope', exact: true }).first();
  await entry.waitFor();
  await entry.click();
  await page.locator(SIDE).waitFor();

  /** Opens a list with a key, types, and takes the row that is meant. A webview that loads may close the list: again. */
  const pick = async (/** @type {string} */ key, /** @type {string} */ text) => {
    for (let tries = 0; ; tries++) {
      try {
        await page.keyboard.press(key);
        const input = page.locator('.quick-input-widget input[type="text"]').first();
        await input.waitFor({ timeout: 5000 });
        await input.pressSequentially(text);
        const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text });
        await row.waitFor({ timeout: 5000 });
        await page.keyboard.press('Enter');
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await page.keyboard.press('Escape');
        await page.waitForTimeout(500);
      }
    }
  };
  return {
    page,
    setTheme,
    openFile: (/** @type {string} */ name) => pick('Control+P', name),
    command: (/** @type {string} */ title) => pick('F1', title),
    /** Runs a command that asks, and takes the answer. @param {string} title @param {string} answer */
    async ask(title, answer) {
      await pick('F1', title);
      const list = page.locator('.quick-input-widget:visible');
      await list.locator('.quick-input-title').waitFor();
      await list.locator('.monaco-list-row').first().waitFor();
      await list.locator('input[type="text"]').first().fill(answer);
      await list.locator('.monaco-list-row', { hasText: answer }).first().click({ timeout: 10_000 });
    },
    side: () => page.frameLocator(SIDE).frameLocator('#active-frame'),
    panel: () =>
      page
        .locator(`${OURS}:not([src*="purpose=webviewView"])`)
        .last()
        .contentFrame()
        .frameLocator('#active-frame'),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/**
 * A PNG as WebP, which is a fifth of its size. The browser has the encoder.
 * @param {import('playwright-core').Page} page
 * @param {Buffer} png
 * @param {{ quality?: number, scale?: number }} [options]
 */
export async function toWebp(page, png, { quality = 0.82, scale = 1 } = {}) {
  const blank = await page.context().newPage();
  const url = await blank.evaluate(
    async ([source, quality, scale]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${source}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL('image/webp', quality);
    },
    /** @type {const} */ ([png.toString('base64'), quality, scale]),
  );
  await blank.close();
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
