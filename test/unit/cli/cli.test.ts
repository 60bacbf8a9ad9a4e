import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'bioscope-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function cli(...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: root }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('bioscope import', () => {
  it('makes a document that simulate accepts', async () => {
    const made = await cli('import', 'media/sample/iomem.txt', '--json');
    expect(made.code).toBe(0);
    const path = file('made.bioscope.json', made.out);
    const ran = await cli('simulate', path, '--json');
    expect(ran.code).toBe(0);
    const { outcomes } = JSON.parse(ran.out) as { outcomes: { error: number; state: string }[] };
    expect(outcomes.map((o) => `${o.state} ${o.error}`)).toEqual([
      'completed 0',
      'completed 0',
      'not-submitted 0',
      'completed -95',
    ]);
  });

  it('joins the captures of one machine, and says where they disagree and what is missing', async () => {
    const tier = 'test/agreement/captures/captures/run61-tier';
    const files = ['iomem_after.txt', 'zoneinfo.txt', 'ndctl_all.json', 'dmtable.txt'].map(
      (f) => `${tier}/${f}`,
    );
    const made = await cli('import', ...files, '--json');
    const { memory } = (JSON.parse(made.out) as { machine: { memory: Record<string, unknown[]> } }).machine;
    expect(memory['zones']!.length).toBeGreaterThan(0);
    expect(memory['namespaces']!.length).toBeGreaterThan(0);
    const { out } = await cli('import', 'media/sample/iomem.txt');
    expect(out).toContain('256 MiB without struct page');
    expect(out).toContain('zones are unknown: cat /proc/zoneinfo');
  });

  it('refuses captures without a memory map, and says what prints one', async () => {
    const { code, err } = await cli('import', 'test/agreement/captures/captures/run61-tier/zoneinfo.txt');
    expect(code).toBe(1);
    expect(err).toContain('no memory map among them; add the text of: sudo cat /proc/iomem');
  });

  it('says file, line and what was expected, and prints nothing else', async () => {
    const path = file('bad.txt', '00000000-00000fff : reserved\nwhat is this\n');
    expect(await cli('import', path)).toEqual({
      code: 1,
      out: '',
      err: `bioscope: ${path}:2: expected "START-END : NAME" with hexadecimal START and END, as /proc/iomem prints it\n`,
    });
  });
});

describe('bioscope simulate', () => {
  it('tells every event in a sentence, with the badge where it belongs', async () => {
    const { out } = await cli('simulate', 'media/presets/pageless-bio.bioscope.json');
    expect(out).toContain('4.1-pfn v3 (reconstructed)');
    expect(out).toMatch(
      /generic_make_request_checks +refused with -95: BIO_PFN, but ram0 has no QUEUE_FLAG_PFN/,
    );
    expect(out).toContain('I/O 0 on pmem0: 0');
  });

  it.each(['pageless-bio', 'broken-promise', 'before-the-series'])('runs the sample %s', async (name) => {
    const { code, err } = await cli('simulate', `media/presets/${name}.bioscope.json`, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('places an error in the document', async () => {
    const text = readFileSync(join(root, 'media/presets/pageless-bio.bioscope.json'), 'utf8');
    const line = text.split('\n').findIndex((l) => l.includes('"device": "ram0"')) + 1;
    const path = file('bad.bioscope.json', text.replace('"device": "ram0"', '"device": "sda"'));
    const { code, err } = await cli('simulate', path);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`bad\\.bioscope\\.json:${line}:\\d+: there is no device named sda`));
  });
});

describe('bioscope hover', () => {
  it('answers as the editor would', async () => {
    const text = readFileSync(join(root, 'media/sample/block/sample.c'), 'utf8').split('\n');
    const line = text.findIndex((l) => l.includes('__pfn_t cache')) + 1;
    const { out, code } = await cli('hover', `media/sample/block/sample.c:${line}:3`, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: '__pfn_t', role: 'type' });
  });

  it('says so when nothing is there, and when the place does not exist', async () => {
    expect((await cli('hover', 'media/sample/block/sample.c:1:1')).err).toMatch(
      /no kernel name that Bioscope knows/,
    );
    expect((await cli('hover', 'media/sample/block/sample.c:9999:1')).err).toMatch(
      /has \d+ lines, no line 9999/,
    );
    expect((await cli('hover', 'no-such-file.c:1:1')).err).toMatch(/no-such-file\.c: there is no such file/);
  });
});

describe('bioscope decode', () => {
  it('reads a word in every version', async () => {
    const { out } = await cli('decode', '0x100000004', '--json');
    const { readings } = JSON.parse(out) as { readings: { layout: string; pfn: string; page: string }[] };
    expect(readings.find((r) => r.layout === 'v5')).toMatchObject({ pfn: '0x100000', page: 'NULL' });
  });

  it('says what a number can be on a machine, the possible first', async () => {
    const machine = ['--machine', 'media/presets/pageless-bio.bioscope.json'];
    const { out, code } = await cli('decode', '0x40000004', '--json', ...machine);
    expect(code).toBe(0);
    const { readings } = JSON.parse(out) as { readings: { as: string; possible: boolean; pfn?: number }[] };
    expect(readings[0]).toMatchObject({ as: '__pfn_t of v5', possible: true, pfn: 0x40000 });
    expect(readings.at(-1)).toMatchObject({ possible: false });
    expect((await cli('decode', '0x40000004', ...machine)).out).toContain('PFN_DEV');
  });
});

describe('a wrong call', () => {
  it.each([
    [[], 2, /usage: bioscope VERB/],
    [['fly'], 2, /no verb "fly"/],
    [['decode'], 2, /expected one word/],
    [['decode', 'xyz'], 1, /"xyz" is no 64-bit word/],
    [['decode', '1', '--yaml'], 2, /--yaml/],
    [['decode', '1', '--machine', 'no-such-file'], 1, /no-such-file: there is no such file/],
    [['hover', 'a.c:1:1', '--machine', 'x'], 2, /--machine goes with decode/],
    [['simulate', 'media/sample/iomem.txt'], 1, /iomem\.txt:1:\d+: not valid JSON/],
  ])('%j exits with %i and one clear message', async (args, code, message) => {
    const ran = await cli(...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(message);
    expect(ran.out).toBe('');
  });
});
