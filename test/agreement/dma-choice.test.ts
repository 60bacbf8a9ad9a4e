import { describe, expect, it } from 'vitest';
import { joinMachine } from '../../src/capture/join';
import { readBoot } from '../../src/capture/e820';
import { Machine } from '../../src/engine/machine';
import { capture } from './captures';

/** A guest of 4.1.3 with an IOMMU or without, and a table of it, whose first row names the ops its device got. */
const GUESTS = [
  ['amd-fullflush', 'seq-ffffffffffffffff.csv'],
  ['amd-on', 'page-7fffffff.csv'],
  ['amd-pt', 'seq-ffffffffffffffff.csv'],
  ['intel-48bit-forcedac', 'page-ffffffffffffffff.csv'],
  ['intel-on', 'page-ffffff.csv'],
  ['intel-pt', 'page-7fffffff.csv'],
  ['intel-sp_off', 'page-ffffffffffffffff.csv'],
  ['intel-strict', 'page-ffffff.csv'],
  ['off-swiotlb', 'seq-ffffffffffffffff.csv'],
] as const;

/** What each implementation calls its map_page. */
const MAP_PAGE: Readonly<Record<string, string>> = {
  intel: 'intel_map_page',
  'amd-vi': 'map_page',
  swiotlb: 'swiotlb_map_page',
};

describe('the DMA ops a machine gets, by its boot messages', () => {
  it.each(GUESTS)('%s', (folder, table) => {
    const at = `captures-2015/iommu-4.1.3/${folder}`;
    const read = readBoot(capture(`${at}/boot-dmesg.txt`));
    if (!read.ok) throw new Error(read.problems[0]!.message);
    const facts = joinMachine({ boot: read.value, files: [], unused: [] });
    const machine = new Machine({ name: folder, kernel: { flavour: '4.1' }, ...facts });
    const ops = /ops=(\w+)\//.exec(capture(`${at}/${table}`))![1];
    expect(MAP_PAGE[machine.kernel.dma!.name]).toBe(ops);
  });
});
