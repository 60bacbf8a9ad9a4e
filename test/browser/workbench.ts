// Hands and eyes for the browser tests: a person in front of a real VS Code with the packaged extension.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type FrameLocator, type Page } from 'playwright-core';
import { inject } from 'vitest';
import type {} from '../../scripts/lib/provided.d.ts';

const vscode = inject('vscode');

/** VS Code's name for a theme, its id in settings, and the file that its class on the workbench is made of. */
const themes = {
  'Dark Modern': ['Dark Modern', 'dark_modern'],
  'Light Modern': ['Light Modern', 'light_modern'],
  'Dark High Contrast': ['Default High Contrast', 'hc_black'],
  'Light High Contrast': ['Default High Contrast Light', 'hc_light'],
} as const;

export type Theme = keyof typeof themes;

/** The folder that is open in the workbench: a copy of media/sample, shared by all tests. */
export const workspace = vscode.workspace;

/** A workbench as it looks at first sight; each has a browser profile of its own. Close it with closeWorkbench. */
export async function openWorkbench({ theme = 'Dark Modern' }: { theme?: Theme } = {}): Promise<Page> {
  const browser = await chromium.connect(vscode.browser);
  const page = await browser.newPage({ viewport: { width: 1400, height: 850 } });
  writeTheme(theme);
  await page.goto(vscode.workbench);
  await page.locator('.monaco-workbench .part.activitybar').waitFor();
  await untilThemeIs(page, theme);
  return page;
}

export async function closeWorkbench(page: Page): Promise<void> {
  await page.context().browser()?.close();
}

/** In the workspace's settings: VS Code watches those, while it may overlook a change of the user's from outside. */
function writeTheme(theme: Theme): void {
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const settings = { 'workbench.colorTheme': themes[theme][0] };
  writeFileSync(join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
}

const untilThemeIs = (page: Page, theme: Theme) =>
  page.locator(`.monaco-workbench[class*="themes-${themes[theme][1]}-json"]`).waitFor();

/** Changes the theme of an open workbench. */
export async function setTheme(page: Page, theme: Theme): Promise<void> {
  writeTheme(theme);
  await untilThemeIs(page, theme);
}

export async function openSidePanel(page: Page): Promise<FrameLocator> {
  const entry = page.getByRole('tab', { name: 'Bioscope', exact: true }).first();
  // A click on the entry of an open side panel would close it.
  if ((await entry.getAttribute('aria-selected')) !== 'true') await entry.click();
  await page.locator(sideView).waitFor();
  return sideFrame(page);
}

// A webview is a frame in a frame, and VS Code says only in the outer one's address whose it is.
const ours = 'iframe.webview.ready[src*="extensionId=bioscope.bioscope"]';
const sideView = `${ours}[src*="purpose=webviewView"]`;
const panel = `${ours}:not([src*="purpose=webviewView"])`;

/** The document in the side panel. */
export const sideFrame = (page: Page) => page.frameLocator(sideView).frameLocator('#active-frame');

/** The document in the editor panel that was opened last. */
export const explorerFrame = (page: Page) =>
  page.locator(panel).last().contentFrame().frameLocator('#active-frame');

/** How long a list or a menu may take to show what is meant before it is opened again, ms. */
export const SOON = { timeout: 5_000 };

/** A webview that is just loading takes the focus when it is done, and closes a list or a menu: then a person tries again. */
export async function insist(page: Page, work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === 4) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Runs a command by its title in the command palette, say `Bioscope: Open Explorer`. */
export function runCommand(page: Page, title: string): Promise<void> {
  return insist(page, () => pick(page, 'F1', title));
}

/** Runs a command that shows a list, and takes a row of it. */
export function runAndChoose(page: Page, title: string, choice: string): Promise<void> {
  return insist(page, async () => {
    await runCommand(page, title);
    await listRow(page, choice).click(SOON);
  });
}

/** Opens a file of the workspace by its name. */
export function openFile(page: Page, name: string): Promise<void> {
  return insist(page, async () => {
    await pick(page, 'Control+P', name);
    await page.locator('.tab.active', { hasText: name }).waitFor(SOON);
  });
}

export const listRow = (page: Page, text: string) =>
  page.locator('.quick-input-list .monaco-list-row', { hasText: text });

async function pick(page: Page, key: string, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input[type="text"]').first();
  await page.keyboard.press(key);
  await input.waitFor(SOON);
  await input.pressSequentially(text, SOON);
  await acceptRow(page, text);
}

/** Presses Enter once the row it would take is the one that is meant: a list that is still filtering has another. */
export async function acceptRow(page: Page, text: string): Promise<void> {
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor(SOON);
  await page.keyboard.press('Enter');
}

/**
 * Points at a word in the editor and returns what the hover says.
 * @param inLine text of the line that is meant, where the word stands in an earlier one (a comment, say) too
 */
export async function hoverWord(page: Page, word: string, inLine = word): Promise<string> {
  const hover = page.locator('.monaco-hover:visible .hover-contents');
  // The hover of an earlier word must not answer for this one.
  await page.mouse.move(700, 842);
  await hover.first().waitFor({ state: 'hidden' });
  await page.locator('.editor-instance .view-line', { hasText: inLine }).first().waitFor();
  const { x, y } = await page.evaluate(placeOfWord, { word, inLine });
  // The editor asks once for a word that is entered; an extension that was still waking up then had no answer.
  for (let tries = 0; tries < 10 && !(await hover.first().isVisible()); tries++) {
    await page.mouse.move(700, 842);
    await page.waitForTimeout(200);
    await page.mouse.move(x - 2, y);
    await page.mouse.move(x, y);
    await hover
      .first()
      .waitFor({ timeout: 2_000 })
      .catch(() => undefined);
  }
  return (await hover.allInnerTexts()).join('\n');
}

/** Puts the cursor into a word, as a click does. */
export async function placeCursor(page: Page, word: string, inLine = word): Promise<void> {
  await page.locator('.editor-instance .view-line', { hasText: inLine }).first().waitFor();
  const { x, y } = await page.evaluate(placeOfWord, { word, inLine });
  await page.mouse.click(x, y);
}

/** Runs in the page. The middle of a word on the screen; the editor's elements hold runs of text, not words. */
function placeOfWord({ word, inLine }: { word: string; inLine: string }): { x: number; y: number } {
  const top = (line: Element) => line.getBoundingClientRect().top;
  // In the order of the screen: the editor keeps its lines in any order, and their blanks unbreakable.
  const lines = [...document.querySelectorAll('.editor-instance .view-line')]
    .filter((line) => (line.textContent ?? '').replaceAll('\u00a0', ' ').includes(inLine))
    .sort((a, b) => top(a) - top(b));
  for (const line of lines) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const start = (walker.currentNode.textContent ?? '').search(new RegExp(`\\b${word}\\b`));
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, start);
      range.setEnd(walker.currentNode, start + word.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
  }
  throw new Error(`${word} is not on the screen`);
}

/** Keeps a picture of the whole workbench in out/screenshots. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(vscode.screenshots, { recursive: true });
  await page.screenshot({ path: join(vscode.screenshots, `${name}.png`) });
}
