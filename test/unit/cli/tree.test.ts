import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cFilesUnder } from '../../../src/cli/tree-walk';
import { auditTree, type AuditSource } from '../../../src/reader/audit';
import { SAMPLE_AUDIT_CSV } from '../../sample-audit';

const root = join(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'bioscope-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A made-up tree; one file is not UTF-8. */
const FILES: Readonly<Record<string, string>> = {
  'include/linux/bvec.h':
    'static inline void *bvec_virt(struct bio_vec *b)\n{\n\treturn page_address(b->bv_page) + b->bv_offset;\n}\n',
  'drivers/md/a.c':
    '/* \xe9t\xe9 */\nvoid f(void)\n{\n\tp = page_address(v.bv_page) + v.bv_offset;\n\tq = kmap_local_page(v.bv_page) + v.bv_offset;\n}\n',
  'fs/b.c': 'void g(void)\n{\n\tbv->bv_page++;\n}\n',
  'fs/quiet.c': 'int x;\n',
  'notes.txt': 'bv->bv_page\n',
};

function makeTree(name: string): string {
  const tree = join(folder, name);
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, 'latin1');
  }
  return tree;
}

const tree = makeTree('tree');

interface Ran {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

function cli(...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    const options = { cwd: root, encoding: 'buffer' } as const;
    execFile(process.execPath, [join(root, 'dist/cli.js'), ...args], options, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err: err.toString() });
    });
  });
}

describe('bioscope audit', () => {
  it('tells what it found, in every format', async () => {
    const { out } = await cli('audit', tree);
    expect(out.toString()).toContain('4 files looked into, 3 with names of interest.');
    const csv = (await cli('audit', tree, '--format', 'csv')).out.toString();
    expect(
      csv
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',').slice(1, 5).join(' ')),
    ).toEqual([
      'drivers/md/a.c 4 6 page-address',
      'drivers/md/a.c 4 19 bv-page-read',
      'drivers/md/a.c 5 6 kmap-page',
      'drivers/md/a.c 5 6 kmap-unpaired',
      'drivers/md/a.c 5 22 bv-page-read',
      'fs/b.c 3 2 page-arithmetic',
      'include/linux/bvec.h 3 9 page-address',
      'include/linux/bvec.h 3 22 bv-page-read',
    ]);
    for (const format of ['json', 'sarif']) {
      const made = (await cli('audit', tree, '--format', format)).out.toString();
      expect(() => JSON.parse(made) as unknown).not.toThrow();
    }
  });

  it('prints what the view exports', async () => {
    const { out } = await cli('audit', join(root, 'media/sample/block'), '--format', 'csv');
    expect(out.toString()).toBe(SAMPLE_AUDIT_CSV);
  });

  it('says the same as an audit file by file', async () => {
    const source: AuditSource = {
      list: () => [...cFilesUnder(tree)].flat(),
      state: () => undefined,
      read: (path) => readFileSync(join(tree, path)),
      decode: (bytes) => Buffer.from(bytes).toString('latin1'),
    };
    const { report } = await auditTree(source);
    const { out } = await cli('audit', tree, '--format', 'json');
    expect(JSON.parse(out.toString())).toEqual(report);
  });

  it('names the files of a part of a tree from its top', async () => {
    const part = makeTree('part');
    writeFileSync(join(part, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\n');
    const { out } = await cli('audit', join(part, 'drivers/md'), '--format', 'csv');
    expect(out.toString()).toContain('\r\ndrivers/md,drivers/md/a.c,4,6,page-address,error,');
    expect(out.toString()).not.toContain('fs/b.c');
  });

  it('counts UTF-8 as an editor does', async () => {
    const accents = makeTree('accents');
    writeFileSync(join(accents, 'fs/b.c'), 'void g(void)\n{\n\t/* \u00e9\u00e9 */ bv->bv_page++;\n}\n');
    const { out } = await cli('audit', accents, '--format', 'csv');
    expect(out.toString()).toContain('fs,fs/b.c,3,11,page-arithmetic');
  });

  it('with a cache reads only what changed, and says the same', async () => {
    const kept = makeTree('kept');
    const cache = join(folder, 'kept.cache');
    const run = async (...more: string[]) =>
      (await cli('audit', kept, '--format', 'csv', ...more)).out.toString();
    const first = await run('--cache', cache);
    expect(first).toBe(await run());
    // What the cache says is taken for granted while size and time of the file are as they were.
    const doctored = readFileSync(cache, 'utf8').replace('"line":3,"column":2,', '"line":7,"column":2,');
    writeFileSync(cache, doctored);
    expect(await run('--cache', cache)).toBe(first.replace('fs/b.c,3,2', 'fs/b.c,7,2'));
    writeFileSync(join(kept, 'fs/b.c'), 'void g(void)\n{\n\n\tbv->bv_page++;\n}\n');
    rmSync(join(kept, 'drivers'), { recursive: true });
    expect(await run('--cache', cache)).toBe(await run());
    expect(readFileSync(cache, 'utf8')).not.toContain('drivers/md/a.c');
  });

  it('leaves a file alone that is no cache', async () => {
    const { code, err } = await cli('audit', tree, '--cache', join(tree, 'notes.txt'));
    expect([code, err]).toEqual([1, expect.stringContaining('this is no cache of an audit')]);
    expect(readFileSync(join(tree, 'notes.txt'), 'utf8')).toBe(FILES['notes.txt']);
  });

  it('tells how far it is only when asked to, or to a terminal', async () => {
    expect((await cli('audit', tree)).err).toBe('');
    expect((await cli('audit', tree, '--progress')).err).toMatch(/^(?:\d+ of \d+ files\n)*4 of 4 files\n$/);
  });

  it('says what is wrong with a call', async () => {
    expect(await cli('audit', join(tree, 'nowhere'))).toMatchObject({ code: 1 });
    expect((await cli('audit', join(tree, 'notes.txt'))).err).toContain(
      'audit takes the folder of a kernel tree',
    );
    mkdirSync(join(folder, 'empty'));
    expect((await cli('audit', join(folder, 'empty'))).err).toContain('name the top of a kernel tree');
    expect(await cli('audit', tree, '--format', 'xml')).toMatchObject({ code: 2 });
    expect((await cli('hover', 'x:1:1', '--format', 'md')).err).toContain('--format goes with audit');
  });
});

describe('bioscope convert', () => {
  it('shows a diff that git applies, byte for byte, and writes the same', async () => {
    const { out } = await cli('convert', tree, '--rules', 'series', '--diff');
    const [patched, written] = [makeTree('patched'), makeTree('written')];
    execFileSync('git', ['apply', '-'], { cwd: patched, input: out });
    expect((await cli('convert', written, '--rules', 'series', '--write')).code).toBe(0);
    const text = readFileSync(join(written, 'drivers/md/a.c'), 'latin1');
    expect(text).toContain('page_address(bvec_page(&v)) + v.bv_offset');
    expect(text).toContain('\xe9t\xe9');
    for (const path of Object.keys(FILES)) {
      expect(readFileSync(join(patched, path)).equals(readFileSync(join(written, path))), path).toBe(true);
    }
    expect(readFileSync(join(tree, 'fs/b.c'), 'latin1')).toBe(FILES['fs/b.c']);
  });

  it('says what it leaves alone, and why', async () => {
    const { out } = await cli('convert', tree, '--rules', 'series');
    expect(out.toString('latin1')).toContain('fs/b.c:3: bvec-page: the page is counted on');
    expect(out.toString('latin1')).toContain('3 places in 2 files');
  });

  it('uses only the helpers that the tree has', async () => {
    const { out } = await cli('convert', tree, '--rules', 'modern', '--diff', '--json');
    const [a] = JSON.parse(out.toString()) as { path: string; diff: string; converted: number }[];
    expect(a).toMatchObject({ path: 'drivers/md/a.c', converted: 1 });
    expect(a!.diff).toContain('+\tp = bvec_virt(&v);');
  });

  it('converts one file, by its tree', async () => {
    const { out, err } = await cli('convert', join(tree, 'drivers/md/a.c'), '--rules', 'modern', '--diff');
    expect(err).toBe('');
    expect(out.toString('latin1')).toMatch(/^--- a\/drivers\/md\/a\.c\n/);
    const alone = join(folder, 'alone.c');
    cpSync(join(tree, 'drivers/md/a.c'), alone);
    const ran = await cli('convert', alone, '--rules', 'modern');
    expect(ran.err).toContain('every helper of today is taken to exist');
    expect(ran.out.toString('latin1')).toContain('alone.c: 2 to convert');
  });

  it('says what is wrong with a call', async () => {
    expect((await cli('convert', tree)).err).toContain('--rules is missing: expected one of series, modern');
    expect((await cli('convert', tree, '--rules', 'new')).err).toContain('--rules is "new"');
    expect((await cli('convert', join(tree, 'notes.txt'), '--rules', 'series')).err).toContain('no C file');
    expect((await cli('convert', join(tree, 'gone.c'), '--rules', 'series')).err).toContain('no such file');
  });
});
