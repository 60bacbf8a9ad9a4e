import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, watchComplaints } from './audit';
import { lookInEveryTheme, openSample, scrollTo } from './looks';
import {
  SOON,
  acceptRow,
  closeWorkbench,
  explorerFrame,
  insist,
  listRow,
  openFile,
  openSidePanel,
  openWorkbench,
  runCommand,
  screenshot,
  sideFrame,
  workspace,
} from './workbench';

describe('devices', () => {
  let page: Page;
  let explorer: FrameLocator;
  let complaints: string[];

  beforeAll(async () => {
    page = await openWorkbench();
    complaints = watchComplaints(page);
    await page.setViewportSize({ width: 1400, height: 1250 });
    explorer = await openSample(page, 'raid1 fails a healthy disk', 'raid1 over two disks');
  });
  afterAll(() => closeWorkbench(page));

  const rows = () => explorer.locator('.devices tbody tr').allInnerTexts();
  const because = (field: string) =>
    explorer
      .locator('.limits tr', { hasText: new RegExp(`^\\s*${field}\\b`) })
      .locator('td')
      .nth(2)
      .innerText();

  it('are shown by a command, with the top of the stack and whose each of its limits is', async () => {
    await runCommand(page, 'Bioscope: Show Devices');
    await expect
      .poll(() => explorer.locator('#devices').evaluate((e) => e.getBoundingClientRect().top))
      .toBeLessThan(900);
    const [sda, sdb, md1] = await rows();
    expect(sda).toMatch(/sda\s+sd\s+64 MiB\s+–\s+by DMA: scatterlist\s+yes: QUEUE_FLAG_PFN/);
    expect(sdb).toMatch(/sdb.*no$/s);
    expect(md1).toMatch(/md1\s+raid1\s+64 MiB\s+sda, sdb\s+not itself/);
    expect(await explorer.locator('.inspector.device h2').innerText()).toBe('md1');
    expect(await because('max_segments')).toBe('sda');
    expect(await because('chunk_sectors')).toBe('its driver');
    await scrollTo(explorer, '#devices');
    await lookInEveryTheme(page, 'devices', explorer);
  });

  it('are walked by keyboard: one tab stop, arrows, Enter', async () => {
    await explorer.locator('.devices [tabindex="0"]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await explorer.locator('.inspector.device h2', { hasText: 'sdb' }).waitFor();
    expect(await explorer.locator('.devices [tabindex="0"]').count()).toBe(1);
  });

  it('are in the side panel, and lead from there to the table', async () => {
    await openSidePanel(page);
    const side = sideFrame(page);
    await side.locator('.device-row', { hasText: 'sda' }).first().click();
    await explorer.locator('.inspector.device h2', { hasText: 'sda' }).waitFor();
    const [inner, width] = await side
      .locator('html')
      .evaluate((html) => [html.scrollWidth, html.ownerDocument.defaultView!.innerWidth] as const);
    expect(inner).toBeLessThanOrEqual(width);
    await screenshot(page, 'devices-side');
  });

  it('a stack that cannot be is refused on saving, and what was shown stays', async () => {
    const name = 'stack.bioscope.json';
    const md = (device: string, below: string) => ({
      name: device,
      driver: 'raid1',
      devices: [{ device: below }],
    });
    const document = (below: string) => ({
      bioscope: 1,
      machine: {
        name: 'a stack',
        kernel: { flavour: '6.12' },
        memory: { ranges: [{ start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' }] },
        devices: [{ name: 'ram0', driver: 'brd', sectors: 8192 }, md('md0', below), md('md1', 'md0')],
      },
    });
    writeFileSync(join(workspace, name), JSON.stringify(document('ram0'), null, 1));
    await openFile(page, name);
    await runCommand(page, 'Bioscope: Show in Explorer');
    explorer = explorerFrame(page);
    await explorer.locator('h1', { hasText: 'Memory of a stack' }).waitFor();
    await openFile(page, name);
    // As a person does: the name of what lies below is typed over.
    const below = page.locator('.editor-instance .view-line', { hasText: '"device"' }).first();
    await below.locator('span', { hasText: 'ram0' }).last().dblclick();
    await page.keyboard.type('md1');
    await page.keyboard.press('Control+S');
    await runCommand(page, 'Bioscope: Show Devices');
    explorer = explorerFrame(page);
    const refusal = explorer.locator('#devices .refusal');
    await refusal.waitFor();
    expect(await refusal.innerText()).toContain('md0 lies on md1 lies on md0: a stack cannot go in a circle');
    expect(await rows()).toHaveLength(3);
    await explorer.locator('#devices').evaluate((section) => section.scrollIntoView());
    expect(await accessibilityProblems(explorer)).toEqual([]);
    await screenshot(page, 'devices-refused');
  });

  it('without a complaint of the browser', () => expect(complaints).toEqual([]));
});

describe('bio chains', () => {
  let page: Page;
  let explorer: FrameLocator;

  beforeAll(async () => {
    page = await openWorkbench();
    await page.setViewportSize({ width: 1400, height: 1000 });
  });
  afterAll(() => closeWorkbench(page));

  const SAMPLES = [
    ['raid1 fails a healthy disk', 'raid1 over two disks', 0, 'sdb', 'mirror'],
    ['Split when submitted', 'NVMe and a striped device', 0, 'nvme0n1', 'split'],
    ['FLUSH and FUA', 'a write cache', 4, 'request of sda', 'flush'],
    ['Plugs, merges and bounces', 'plugs, merges, bounces', 9, 'sdb', 'bounce'],
    ['Refused, level by level', 'dm over two disks', 2, 'sda, sdb', 'refused'],
  ] as const;

  it.each(SAMPLES)('%s (%s): I/O %i has the column %s', async (sample, machine, io, column, name) => {
    await insist(page, async () => {
      await runCommand(page, 'Bioscope: Open Sample Machine');
      await listRow(page, 'A page-less bio is refused').waitFor(SOON);
      // Typed, not clicked: the list draws only the rows in view.
      await page.keyboard.type(sample);
      await acceptRow(page, sample);
    });
    explorer = explorerFrame(page);
    await explorer.locator('h1', { hasText: `Memory of ${machine}` }).waitFor();
    await explorer.locator('.io').nth(io).click();
    await explorer.locator('svg.ribbons .column', { hasText: column }).first().waitFor();
    await explorer.locator('#byte-ribbons').evaluate((section) => section.scrollIntoView());
    await lookInEveryTheme(page, `chain-${name}`, explorer);
    await page.setViewportSize({ width: 760, height: 1000 });
    await screenshot(page, `chain-${name}-narrow`);
    await page.setViewportSize({ width: 1400, height: 1000 });
  });
});
