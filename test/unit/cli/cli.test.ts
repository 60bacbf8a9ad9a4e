import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
      /generic_make_request_checks +refused with -95: BIO_PFN set, QUEUE_FLAG_PFN not set on ram0/,
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

  it('finds the kernel tree of the file, by its Makefile', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'block'), { recursive: true });
    writeFileSync(join(tree, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\n');
    writeFileSync(join(tree, 'block/Makefile'), 'obj-y += sample.o\n');
    writeFileSync(join(tree, 'block/sample.c'), 'void f(void)\n{\n\tbio_endio(bio);\n}\n');
    const { out } = await cli('hover', `${join(tree, 'block/sample.c')}:3:3`);
    expect(out).toContain('| This tree (6.12) | 4.1 |');
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

describe('bioscope simulate --trace', () => {
  const spec = () =>
    file(
      'trace.bioscope.json',
      JSON.stringify({
        bioscope: 1,
        machine: {
          name: 'one disk',
          kernel: { flavour: '4.1' },
          memory: { ranges: [{ start: '0x0', end: '0x10000000', kind: 'ram', name: 'System RAM' }] },
          devices: [{ name: 'ram0', driver: 'brd', sectors: 1024 }],
        },
        workload: [
          {
            op: 'write',
            device: 'ram0',
            sector: 8,
            flags: ['sync'],
            add: 'bio_add_page',
            vecs: [{ pfn: '0x100', offset: 0, len: 4096 }],
          },
        ],
      }),
    );

  it('prints what ftrace and blkparse print', async () => {
    const path = spec();
    expect((await cli('simulate', path, '--trace', 'ftrace')).out).toMatch(
      /^ {8}bioscope-1 {5}\[000\] \.{4} +\d+\.\d{6}: block_bio_queue: 1,0 WS 8 \+ 8 \[bioscope\]$/m,
    );
    expect((await cli('simulate', path, '--trace', 'blkparse')).out).toMatch(
      /^ {2}1,0 {4}0 {8}1 {5}0\.000000000 {5}1 {2}Q {2}WS 8 \+ 8 \[bioscope\]$/m,
    );
    const json = JSON.parse((await cli('simulate', path, '--trace', 'json')).out) as unknown;
    expect(json).toMatchObject([{ name: 'block_bio_queue', device: '1,0', rwbs: 'WS', sector: '8' }]);
  });

  it('says which forms there are', async () => {
    const { code, err } = await cli('simulate', spec(), '--trace', 'csv');
    expect(code).toBe(2);
    expect(err).toContain('ftrace, blkparse, json');
  });
});

describe('bioscope agree', () => {
  const captured = (event: string) => {
    const guests = mkdtempSync(join(folder, 'agree-'));
    mkdirSync(join(guests, 'guest', 'traces'), { recursive: true });
    const devices = '# devices:\n   1        0      65536 ram0\n';
    const line = `dd-1 [000] .... 1.000001: block_bio_queue: ${event} [dd]\n`;
    writeFileSync(join(guests, 'guest', 'traces', 'one.txt'), `${devices}# trace:\n${line}`);
    return guests;
  };

  it('ends with 0 where the simulator does the same', async () => {
    const { code, out } = await cli('agree', captured('1,0 WS 8 + 8'));
    expect(out).toBe('agreement: 1/1\n');
    expect(code).toBe(0);
  });

  it('ends with 1 and the first difference where it does not', async () => {
    // A read with FUA: the simulator drops the flag for a disk without a cache, a kernel would too.
    const { code, out } = await cli('agree', captured('1,0 RF 8 + 8'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      agree: 0,
      total: 1,
      failures: [{ expected: 'block_bio_queue RF 8 + 8 [0]', got: 'block_bio_queue R 8 + 8 [0]' }],
    });
  });

  it('shows what is left out, with the reason', async () => {
    const guests = captured('1,0 RF 8 + 8');
    const reason = 'no kernel prints this, it is made up';
    const list = JSON.stringify([{ file: 'one.txt', reason }]);
    const elsewhere = await cli('agree', guests, '--left-out', file('known.json', list));
    writeFileSync(join(guests, 'left-out.json'), list);
    for (const { code, out } of [elsewhere, await cli('agree', guests)]) {
      expect(out).toContain(`left out: ${join(guests, 'guest', 'traces', 'one.txt')}: ${reason}`);
      expect(code).toBe(0);
    }
  });

  it('says what it expected of a directory and of left-out.json', async () => {
    expect((await cli('agree', '/nowhere')).err).toContain('/nowhere: there is no such directory');
    const guests = captured('1,0 R 8 + 8');
    writeFileSync(join(guests, 'left-out.json'), '[{"file":"x"}]');
    expect((await cli('agree', guests)).err).toMatch(
      /left-out\.json: 0\.reason: .*expected \[\{ file, case\?, reason \}\]/,
    );
  });
});

describe('bioscope explain', () => {
  it('explains the DMA messages of a log, and lists what it recognises when there is none', async () => {
    const log = 'test/agreement/captures/captures-2015/v1-on-4.0/oops/swiotlb-bounce-pageless.txt';
    const explained = await cli('explain', log);
    expect(explained.code).toBe(0);
    expect(explained.out).toContain('0x40000000, pfn 0x40000');
    const other = await cli('explain', file('other.txt', 'hello\n'));
    expect(other.code).toBe(1);
    expect(other.err).toContain('swiotlb buffer is full');
  });
});
