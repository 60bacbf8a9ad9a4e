import type { FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { accessibilityProblems } from './audit';
import {
  SOON,
  acceptRow,
  explorerFrame,
  insist,
  listRow,
  runCommand,
  screenshot,
  setTheme,
  type Theme,
} from './workbench';

/** The last one is that of all other pictures. */
export const THEMES: readonly Theme[] = [
  'Light Modern',
  'Dark High Contrast',
  'Light High Contrast',
  'Dark Modern',
];

export const nameOf = (theme: Theme): string => theme.toLowerCase().replaceAll(' ', '-');

/** A picture in each theme; where a page of ours is given, axe has nothing to say about it in any. */
export async function lookInEveryTheme(page: Page, name: string, frame?: FrameLocator): Promise<void> {
  for (const theme of THEMES) {
    await setTheme(page, theme);
    if (frame) expect(await accessibilityProblems(frame)).toEqual([]);
    await screenshot(page, `${name}-${nameOf(theme)}`);
  }
}

/** Opens a sample from the palette by its title, and returns the explorer that shows its machine. */
export async function openSample(page: Page, title: string, machine: string): Promise<FrameLocator> {
  await insist(page, async () => {
    await runCommand(page, 'Bioscope: Open Sample Machine');
    await listRow(page, 'A page-less bio is refused').waitFor(SOON);
    // Typed, not clicked: the list draws only the rows in view.
    await page.keyboard.type(title);
    await acceptRow(page, title);
  });
  const explorer = explorerFrame(page);
  await explorer.locator('h1', { hasText: `Memory of ${machine}` }).waitFor();
  await explorer.locator('bioscope-map canvas').waitFor();
  return explorer;
}

export const scrollTo = (frame: FrameLocator, selector: string): Promise<void> =>
  frame
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollIntoView());
