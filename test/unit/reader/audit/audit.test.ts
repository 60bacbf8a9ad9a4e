import { describe, expect, it } from 'vitest';
import {
  auditFile,
  auditTree,
  formatAudit,
  readCache,
  reportOf,
  writeCache,
} from '../../../../src/reader/audit';
import type { AuditCache, AuditSource } from '../../../../src/reader/audit';
import { subsystemOf } from '../../../../src/reader/audit/subsystem';
import { WordSearch } from '../../../../src/reader/audit/word-search';
import { randomFrom } from '../../capture/mutate';

const encode = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const decode = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

const FILES: Readonly<Record<string, string>> = {
  'block/a.c': 'void f(void)\n{\n\tp = page_address(bv->bv_page);\n\tq = bvec_phys(bv);\n}\n',
  'block/b.c': 'void g(void)\n{\n\tbv->bv_page = p;\n}\n',
  'drivers/md/raid.c': 'void h(void)\n{\n\tuse(sg_phys(sg));\n}\n',
  'drivers/other.c': '/* bv_page is only spoken of */\n',
  'fs/quiet.c': 'int x;\n',
};

function tree(files = FILES) {
  const read: string[] = [];
  const source: AuditSource = {
    list: () => Object.keys(files),
    state: (path) => ({ size: files[path]!.length, mtime: 1 }),
    read: (path) => {
      read.push(path);
      return encode(files[path]!);
    },
    decode,
  };
  return { source, read };
}

describe('WordSearch', () => {
  it('finds what indexOf finds, in whatever bytes', () => {
    const words = ['bv_page', 'bvec_page', 'sg_page', 'kmap(', 'kmap_atomic', '_page_'];
    const search = new WordSearch(words);
    const random = randomFrom(3);
    for (let round = 0; round < 3000; round++) {
      const parts = Array.from({ length: 1 + random(6) }, () =>
        random(3) === 0 ? 'x_pagekmapbv'.slice(random(10)) : words[random(words.length)]!.slice(random(3)),
      );
      const text = parts.join(random(2) === 0 ? '' : ' ');
      const expected = words.reduce((bits, word, i) => (text.includes(word) ? bits | (1 << i) : bits), 0);
      expect(search.find(encode(text)), text).toBe(expected);
    }
  });

  it('looks no further than it is told, and takes no more words than bits', () => {
    expect(new WordSearch(['page']).find(encode('a page'), 5)).toBe(0);
    expect(() => new WordSearch(Array.from({ length: 33 }, (_, i) => `word${i}`))).toThrow(/33 words/);
  });
});

describe('auditFile', () => {
  it('counts uses in code, and says where hazards stand', () => {
    const report = auditFile('block/a.c', encode(FILES['block/a.c']!), decode);
    expect(report?.uses).toEqual({ bv_page: 1, bvec_phys: 1 });
    expect(report?.convertible).toBe(1);
    expect(report?.findings).toEqual([
      { code: 'page-address', line: 3, column: 6, endLine: 3, endColumn: 31 },
      { code: 'bv-page-read', line: 3, column: 19, endLine: 3, endColumn: 30 },
    ]);
  });

  it('says of each use what it is', () => {
    const text = `struct bio_vec { struct page *bv_page; };
static inline phys_addr_t sg_phys(struct scatterlist *sg);
#define PHYS(v) bvec_phys(&(v))
void f(void)
{
	struct bio_vec v = { .bv_page = p };
	v.bv_page = sg_page(sg);
	use(&v.bv_page, v.bv_page++, sizeof(v.bv_page), bio->bio_pfn);
	cb = sg_phys;
	v.bv_pfn = x;
	kmap_atomic(v.bv_page);
}
`;
    const { places } = auditFile('block/a.c', encode(text), decode)!;
    expect(places.map(({ line, name, kind, codes }) => [line, name, kind, ...codes].join(' '))).toEqual([
      '1 bv_page declaration',
      '2 sg_phys declaration',
      '3 bvec_phys call',
      '6 bv_page initialiser bv-page-write',
      '7 bv_page write bv-page-write',
      '7 sg_page call sg-page',
      '8 bv_page address bv-page-read',
      '8 bv_page step page-arithmetic',
      '8 bv_page type',
      '8 bio_pfn read',
      '9 sg_phys other',
      '10 bv_pfn write',
      '11 kmap_atomic call kmap-page',
      '11 bv_page read bv-page-read',
    ]);
    expect(places.filter((one) => one.ready).map((one) => one.line)).toEqual([2, 3, 8, 9, 10]);
    expect(places.at(-2)!.severity).toBe('error');
  });

  it('has nothing to say of files without the names, or with them in comments only', () => {
    expect(auditFile('a.c', encode('int x;'), decode)).toBeUndefined();
    expect(auditFile('a.c', encode(FILES['drivers/other.c']!), decode)).toBeUndefined();
  });

  it('reads whole functions, and is not misled by a brace in a comment', () => {
    const text = 'int a;\n}\n/*\n}\nbv->bv_page\n}\n*/\nvoid f(void)\n{\n\tuse(bv->bv_page);\n}\nint b;\n';
    expect(auditFile('a.c', encode(text), decode)?.findings.map((one) => one.line)).toEqual([10]);
  });
});

describe('auditTree', () => {
  it('sums up by subsystem, the neediest first', async () => {
    const { report } = await auditTree(tree().source);
    expect(report.looked).toBe(5);
    expect(report.subsystems.map(({ name, files }) => `${name} ${files.length}`)).toEqual([
      'block 2',
      'drivers/md 1',
    ]);
    // The address and the page inside it are one place.
    expect(report.subsystems[0]).toMatchObject({ needsPage: 2, ready: 1, convertible: 2 });
    expect(report.subsystems[0]!.readiness).toBeCloseTo(1 / 3);
    expect(report.subsystems[1]).toMatchObject({ needsPage: 0, ready: 1, readiness: 1 });
    expect(report.subsystems.map((one) => one.series)).toEqual([
      { files: 7, lines: 153 },
      { files: 14, lines: 159 },
    ]);
  });

  it('reads again only what has changed, and forgets what is gone', async () => {
    const cache: AuditCache = new Map();
    const first = tree();
    const before = await auditTree(first.source, { cache, width: 3 });
    expect(first.read).toHaveLength(5);
    const again = tree();
    expect(await auditTree(again.source, { cache: readCache(writeCache(cache))! })).toEqual({
      ...before,
      read: 0,
    });
    expect(again.read).toEqual([]);
    const { 'fs/quiet.c': _gone, ...rest } = FILES;
    const changed = tree({ ...rest, 'block/b.c': 'int nothing;' });
    const after = (await auditTree(changed.source, { cache })).report;
    expect(changed.read).toEqual(['block/b.c']);
    expect(after.subsystems[0]!.files).toHaveLength(1);
    expect(cache.has('fs/quiet.c')).toBe(false);
  });

  it('stops when told to, and says so', async () => {
    const { source, read } = tree();
    const token = { stopped: false };
    const stopping: AuditSource = {
      ...source,
      read: (path) => {
        token.stopped = read.length === 1;
        return source.read(path);
      },
    };
    const { report } = await auditTree(stopping, { token, cache: new Map() });
    expect(report).toMatchObject({ cancelled: true, looked: 2 });
  });

  it('knows that a list is not whole when it is stopped while listing', async () => {
    const token = { stopped: false };
    const { source } = tree();
    const list = () => {
      token.stopped = true;
      return [];
    };
    const cache: AuditCache = new Map([['block/a.c', { size: 1, mtime: 1 }]]);
    expect((await auditTree({ ...source, list }, { token, cache })).report.cancelled).toBe(true);
    expect(cache.size).toBe(1);
  });

  it('tells how far it is, and lives with files that vanish', async () => {
    const steps: string[] = [];
    const source = { ...tree().source, read: () => undefined };
    const { report } = await auditTree(source, { progress: (done, total) => steps.push(`${done}/${total}`) });
    expect(steps).toEqual(['5/5']);
    expect(report.subsystems).toEqual([]);
  });
});

describe('the cache of an audit', () => {
  it('is read back as it was, and no other text is taken for one', async () => {
    const cache: AuditCache = new Map();
    await auditTree(tree().source, { cache });
    const text = writeCache(cache);
    expect(readCache(text)).toEqual(cache);
    expect(readCache(writeCache(new Map()))).toEqual(new Map());
    for (const other of ['', '{', 'null', '[]', '7', text.replace('"version":1', '"version":0')])
      expect(readCache(other)).toBeUndefined();
    expect(readCache(text.replace('"rules":"', '"rules":"other'))).toBeUndefined();
    expect(readCache(text.replace('"paths":"', '"path":"'))).toBeUndefined();
  });
});

describe('the formats of an audit', () => {
  const reports = Object.entries(FILES).flatMap(
    ([path, text]) => auditFile(path, encode(text), decode) ?? [],
  );
  const report = reportOf(reports, 5, false);

  it('csv has a row a finding', () => {
    const rows = formatAudit(report, 'csv').split('\r\n');
    expect(rows[0]).toBe('subsystem,path,line,column,code,severity,detail');
    expect(rows.slice(1)).toEqual([
      'block,block/a.c,3,6,page-address,error,',
      'block,block/a.c,3,19,bv-page-read,warning,',
      'block,block/b.c,3,2,bv-page-write,warning,',
    ]);
  });

  it('sarif names its rules and its places', () => {
    const { runs } = JSON.parse(formatAudit(report, 'sarif')) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number }[];
      }[];
    };
    const { tool, results } = runs[0]!;
    expect(results).toHaveLength(3);
    for (const one of results) expect(tool.driver.rules[one.ruleIndex]!.id).toBe(one.ruleId);
  });

  it('markdown has a line a subsystem, json is the report', () => {
    expect(formatAudit(report, 'md')).toContain('| block | 2 | 1 | 1 | 1 | 2 | 33 % | 7 (153) |');
    expect(JSON.parse(formatAudit(report, 'json'))).toEqual(report);
  });
});

describe('subsystemOf', () => {
  it.each([
    ['block/bio.c', 'block'],
    ['drivers/md/bcache/btree.c', 'drivers/md'],
    ['fs/mpage.c', 'fs'],
    ['fs/btrfs/inode.c', 'fs/btrfs'],
    ['include/linux/bio.h', 'include'],
    ['top.c', '.'],
  ])('%s is of %s', (path, name) => {
    expect(subsystemOf(path)).toBe(name);
  });
});
