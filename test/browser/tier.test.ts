import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchComplaints } from './audit';
import { lookInEveryTheme, openSample, scrollTo } from './looks';
import { closeWorkbench, openWorkbench, runAndChoose, runCommand, screenshot } from './workbench';

describe('a tier', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await page.setViewportSize({ width: 1400, height: 1500 });
  });
  afterAll(() => closeWorkbench(page));

  it('is drawn by its command: what is cached, what was decided, and the three ways', async () => {
    explorer = await openSample(page, 'The tier the series was meant for', 'a tier');
    await runCommand(page, 'Bioscope: Show Tier');
    await explorer.locator('svg.tier-map').waitFor();
    expect(await explorer.locator('#tier').innerText()).toMatch(/pmem0 in front of sda · tier · write-back/);
    const ways = await explorer.locator('.tier-ways tr', { hasText: 'copied by the CPU' }).innerText();
    const [copy, pages, pfn] = ways.split('\t').slice(1);
    expect(copy).not.toBe(pfn);
    expect(pages).toBe(pfn);
    await scrollTo(explorer, '#tier');
    await lookInEveryTheme(page, 'tier', explorer);
  });

  it('is walked by keyboard, along the disk and along time', async () => {
    const map = explorer.getByRole('slider', { name: /Tier map/ });
    await map.focus();
    await page.keyboard.press('End');
    expect(await map.getAttribute('aria-valuenow')).toBe(await map.getAttribute('aria-valuemax'));
    const lanes = explorer.getByRole('slider', { name: 'Decisions over time' });
    await lanes.focus();
    await page.keyboard.press('End');
    const at = () => lanes.getAttribute('aria-valuenow').then(Number);
    const columns = Number(await lanes.getAttribute('aria-valuemax'));
    expect(columns).toBeGreaterThan(3);
    expect(await at()).toBe(columns);
    // Keys that come before the host has answered the one before go on from where that one led.
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowRight']) await page.keyboard.press(key);
    expect(await at()).toBe(columns - 2);
    await page.keyboard.press('Home');
    await expect
      .poll(async () => (await explorer.locator('.tier-said').allInnerTexts()).join())
      .toContain('I/O 0,');
    expect(await at()).toBe(1);
    // And stays there when all the answers are in.
    await page.waitForTimeout(1_000);
    expect(await at()).toBe(1);
  });

  it('says what a power failure leaves, at an event that is chosen in the palette', async () => {
    await runAndChoose(page, 'Bioscope: Lose Power', 'event 33 of');
    await explorer.locator('.tier-steps').waitFor();
    expect(await explorer.locator('#tier [role="status"]').innerText()).toContain('are made durable');
    expect(await explorer.locator('.tier-steps').innerText()).toMatch(
      /✓ Everything that was promised is there|✓ Nothing had been promised/,
    );
    await explorer.locator('#tier input[type="range"]').focus();
    await page.keyboard.press('End');
    await explorer.locator('#tier [role="status"]', { hasText: /event (\d+) of \1:/ }).waitFor();
    await scrollTo(explorer, '.tier-power');
    await lookInEveryTheme(page, 'tier-power', explorer);
  });

  it('shows what was cached at the moment that is shown', async () => {
    const sentence = explorer.locator('#tier .sentence', { hasText: 'are in the cache' });
    const end = await sentence.innerText();
    await runCommand(page, 'Time: To the Start');
    await explorer.locator('#tier', { hasText: 'Nothing was in it yet' }).waitFor();
    await runCommand(page, 'Time: To the End');
    await sentence.waitFor();
    expect(await sentence.innerText()).toBe(end);
    // Room for 300 px of explorer.
    await page.setViewportSize({ width: 680, height: 1500 });
    await scrollTo(explorer, '#tier');
    await screenshot(page, 'tier-narrow');
    await scrollTo(explorer, '.tier-power');
    await screenshot(page, 'tier-power-narrow');
    await page.setViewportSize({ width: 1400, height: 1500 });
  });

  it('gives the reason for each thing that bcache does not cache', async () => {
    explorer = await openSample(page, 'Why did this not go to the cache', 'bcache');
    await runCommand(page, 'Bioscope: Show Tier');
    const reasons = explorer.locator('.tier-reasons');
    await reasons.waitFor();
    expect(await reasons.innerText()).toMatch(
      /check_should_bypass: \d+ sectors in a row >= sequential_cutoff \d+/,
    );
    await explorer.locator('#tier').getByRole('button', { name: 'bcache3', exact: true }).click();
    await explorer.locator('.tier-because', { hasText: 'in_use 96 % > 95 %' }).first().waitFor();
    await scrollTo(explorer, '#tier');
    await lookInEveryTheme(page, 'tier-bcache', explorer);
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});
