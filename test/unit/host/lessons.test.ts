import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDrivers } from '../../../src/host/lazy-drivers';
import { loadTier } from '../../../src/host/lazy-tier';
import { showLesson } from '../../../src/host/lesson-view';
import { readDocument } from '../../../src/model/document';
import type { BioscopeDocument } from '../../../src/model/machine-spec';
import type { LessonEntry } from '../../../src/protocol/lesson-view';

const folder = join(__dirname, '../../../media/presets');
const text = (file: string) => readFileSync(join(folder, file), 'utf8');
const gallery = JSON.parse(text('lessons.json')) as LessonEntry[];

function open(file: string): BioscopeDocument {
  const read = readDocument(text(file));
  if (!read.ok) throw new Error(`${file}: ${read.problems[0]?.message ?? ''}`);
  return read.document;
}

/** What each lesson is there to say, as it comes out of the run. A claim that stops being true fails here. */
const CLAIMS: Readonly<Record<string, readonly RegExp[]>> = {
  'level-by-level': [/QUEUE_FLAG_PFN not set on sdb/, /16 KiB reached sda.*-EOPNOTSUPP/],
  'raid1-fails-a-leg': [
    /sdb ended a bio with -95/,
    /counts as done: completed/,
    /0 requests ever reached sdb/,
  ],
  'broken-promise': [/ffff880040000000, in brd_do_bvec/],
  'what-a-memmap-costs': [/together take 17 GiB/, /shrinks to 1 GiB: 16 GiB are not spent/],
  'one-page-five-words': [
    / 0x40123\./,
    /0x200919/,
    /0x40123004/,
    /0x401234\b/,
    /0x2000000000040123/,
    /0x3000000000100123/,
  ],
  'unbind-with-and-without': [
    /address that iounmap has taken away\. 33 of 83/,
    /waited until every kmap/,
    /-EIO/,
    /user PTEs outlive/,
  ],
  'kunmap-race': [/0 → 0x7fffffff/, /scheduling while atomic/, /2 of the 7 orders/],
  'asleep-while-mapped': [/takes the read side for ended/, /75 of 78 orders/],
  'stray-store': [/nobody notices\. 4 of 4/, /outside any kmap window/],
  'cost-of-the-list': [/1 list node for the map/, /64 list nodes for the map/, /64 for the unmap/],
  'two-segment-counts': [/3 bios have joined/, /counts: 4 segments/, /16 KiB from 0x100_0000, as one entry/],
  'clones-share-vectors': [
    /sector 8184 it goes to sector 10232/,
    /2 clones, and still one table/,
    /bounce_pfn 4095 of sdb/,
  ],
  'sg-gaps': [/QUEUE_FLAG_SG_GAPS/, /virt_boundary_mask 4095/],
  'split-at-submit': [/max_sectors 512/, /striped takes/, /virt_boundary_mask/, /4 cuts, 7 requests/],
  'flush-and-fua': [/Of this device there is 1 request/, /7 requests were enough/],
  bounce: [/pfn 4096 > bounce_pfn 4095/, /home to 0x200_0000/],
  'swiotlb-full': [
    /pool of 32768 slots/,
    /With 4 of 32768 slots.*swiotlb buffer is full \(sz: 393216 bytes\)/,
    /-EIO/,
  ],
  'three-dma-setups': [
    /max_sectors 1024.*2 requests/,
    /max_sectors 504.*5 requests/,
    /max_sectors 256.*8 requests/,
  ],
  'page-less-dma': [
    /2 entries · 2 translated/,
    /kernel BUG: .*in sg_page/,
    /in __memcpy/,
    /2 bounced, 24 KiB copied/,
  ],
  'zero-copy-tier': [
    /by bio_add_pfn\(\): pfn 0x4_0002/,
    /131072 bytes in a row, the cut-off is 131072/,
    /copies 304 KiB instead of 256 KiB.*take 4 MiB of DRAM.*take 0 B/,
  ],
  // Every entry of bcache's bypass list but the one that no set-up reaches.
  'why-not-cached': [
    /the cache is being detached/,
    /a discard only drops/,
    /in_use 96 % > 95 %/,
    /cache_mode is none/,
    /cache_mode is writearound, and it is a write/,
    /meta-only, and it is readahead/,
    /128 sectors in a row >= sequential_cutoff 128/,
    /8 sectors in a row >= 6 that a congested cache takes/,
  ],
  'crash-and-recover': [
    /0 I\/Os were answered.*the block has nothing\./,
    /the block has I\/O 0 or nothing yet, and 0 are torn/,
    /At the end 2 writes.*has I\/O 1; 0 lost/,
    /12 of 73 moments end badly: a torn block/,
    /44 of 61 moments/,
    /16 of 73 moments/,
  ],
  'unbind-under-a-tier': [/33 of 83 orders/, /168 of 201 orders/, /waited until every kmap/, /150 of 230/],
  'torn-sector': [/nnnnnnno, torn\. 14 of 19/, /oooooooo, old\. 0 of 25/],
  'four-caches': [
    /Kept out: 6/,
    /sequential_cutoff 128/,
    /smq: asked for in 1 periods/,
    /a read never fills/,
  ],
  'gart-above-1-tib': [/an error, 0xf4000000/, /0x100_0012_3000 is mapped/, /page at 0x123000.*completed/],
};

beforeAll(async () => {
  const { machine } = open('four-caches.bioscope.json');
  await loadDrivers(machine);
  await loadTier(machine);
});

describe('the gallery', () => {
  it('has at least 14 lessons, and names every document that has one', () => {
    const withLesson = readdirSync(folder).filter(
      (file) => file.endsWith('.bioscope.json') && open(file).lesson !== undefined,
    );
    expect(gallery.length).toBeGreaterThanOrEqual(14);
    expect(gallery.map(({ file }) => file).sort()).toEqual(withLesson.sort());
    expect(Object.keys(CLAIMS).sort()).toEqual(
      withLesson.map((file) => file.replace('.bioscope.json', '')).sort(),
    );
  });

  it.each(gallery)('$title: the list says what the document does', ({ file, ...entry }) => {
    const { title, teaches, reconstructed = false, steps } = open(file).lesson!;
    expect({ title, teaches, reconstructed }).toEqual(entry);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(steps.length).toBeLessThanOrEqual(9);
  });

  it.each(gallery)('$title: every step comes out, and says what it claims', ({ file }) => {
    const shown = showLesson(open(file));
    expect(shown.filter(({ view }) => view.failed).map(({ view }) => view.says)).toEqual([]);
    const said = shown.map(({ view }) => view.says);
    for (const sentence of said) expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
    for (const claim of CLAIMS[file.replace('.bioscope.json', '')]!)
      expect(
        said.filter((sentence) => claim.test(sentence)),
        String(claim),
      ).not.toEqual([]);
  });

  it.each(gallery)(
    '$title: wears the badge where a machine or story of it does',
    ({ file, reconstructed }) => {
      const shown = showLesson(open(file));
      const rests = shown.some(({ opened }) => opened.view.reconstructed);
      if (rests) expect(reconstructed).toBe(true);
    },
  );
});

describe('a lesson on another machine', () => {
  it('says which moment does not come', () => {
    const document = open('level-by-level.bioscope.json');
    const devices = document.machine.devices!.map((device) =>
      device.name === 'sdb' ? { ...device, queue: { pfn: true } } : device,
    );
    const shown = showLesson({ ...document, machine: { ...document.machine, devices } });
    const failed = shown.filter(({ view }) => view.failed);
    expect(failed.map(({ view }) => view.says)).toEqual([
      'This machine does not come to the generic_make_request_checks on sdb.',
    ]);
  });

  it('says which number the run does not have', () => {
    const document = open('bounce.bioscope.json');
    const steps = [{ ...document.lesson!.steps[0]!, says: '{no such} {limit sdz max_sectors}' }];
    const [shown] = showLesson({ ...document, lesson: { ...document.lesson!, steps } });
    expect(shown!.view).toMatchObject({
      failed: true,
      says: 'This step does not fit the machine: {no such} says nothing on this machine.',
    });
  });

  it('runs a machine once for all steps that share it', () => {
    let runs = 0;
    const shown = showLesson(open('three-dma-setups.bioscope.json'), () => ++runs);
    expect(shown).toHaveLength(6);
    expect(runs).toBe(3);
  });
});
