import { describe, expect, it } from 'vitest';
import { filterText, HAZARDS_ONLY, isDefault, type AuditFilter } from '../../../src/host/audit/filter';
import {
  auditModel,
  descriptionOf,
  labelOf,
  textOf,
  type AuditFacts,
  type AuditNode,
} from '../../../src/host/audit/model';
import { auditFile, percent, reportOf, seriesLinesOf } from '../../../src/reader/audit';

const FILES: Readonly<Record<string, string>> = {
  'block/bio.c':
    'void f(void)\n{\n\tp = page_address(bv->bv_page);\n\tq = bvec_phys(bv);\n\tkmap_atomic(bv->bv_page);\n}\n',
  'drivers/md/raid1.c': 'void g(void)\n{\n\tbv->bv_page = p;\n}\n',
  'drivers/md/bcache/btree.c': 'void h(void)\n{\n\tuse(sg_phys(sg));\n}\n',
};

const reports = Object.entries(FILES).flatMap(
  ([path, text]) =>
    auditFile(path, Buffer.from(text), (bytes) => Buffer.from(bytes).toString('latin1')) ?? [],
);
const tree = { name: 'linux', uri: 'file:///linux', report: reportOf(reports, 3, false) };

const facts: AuditFacts = {
  ready: (sums) => `${percent(sums)} ready`,
  seriesFiles: (files) => `${files} files`,
  seriesLines: (lines) => `${lines} lines`,
  seriesLinesOf,
};

const filter = (change: Partial<AuditFilter>): AuditFilter => ({ ...HAZARDS_ONLY, ...change });
const everything = filter({ levels: [] });

function outline(nodes: readonly AuditNode[], depth = 0): string[] {
  return nodes.flatMap((node) => [
    `${'  '.repeat(depth)}${labelOf(node)} (${descriptionOf(node, facts)})`,
    ...outline(node.children, depth + 1),
  ]);
}

describe('the tree of an audit', () => {
  it('goes from subsystems over files to uses, the neediest first, with counts, readiness and the series', () => {
    expect(outline(auditModel([tree], everything).roots)).toEqual([
      'block (4 · 33 % ready · 7 files)',
      '  bio.c (4 · 82 lines)',
      '    3: bv_page (read · page-address · bv-page-read)',
      '    4: bvec_phys (call)',
      '    5: kmap_atomic (call · kmap-page)',
      '    5: bv_page (read · bv-page-read)',
      'drivers/md (2 · 50 % ready · 14 files)',
      '  bcache/btree.c (1 · 4 lines)',
      '    3: sg_phys (call)',
      '  raid1.c (1 · 50 lines)',
      '    3: bv_page (write · bv-page-write)',
    ]);
  });

  it('shows hazards at first, and says how many there are of all', () => {
    const model = auditModel([tree], HAZARDS_ONLY);
    expect([model.shown, model.all]).toEqual([4, 6]);
    expect(outline(model.roots)).not.toContain('  bcache/btree.c (1 · 4 lines)');
  });

  it('puts folders above where there are several', () => {
    const { roots } = auditModel([tree, { ...tree, name: 'other' }], HAZARDS_ONLY);
    expect(roots.map(labelOf)).toEqual(['linux', 'other']);
    expect(roots.map((one) => descriptionOf(one, facts))).toEqual(['4 · 40 % ready', '4 · 40 % ready']);
  });

  it('is empty without an audit', () => {
    expect(auditModel([], HAZARDS_ONLY)).toEqual({ roots: [], shown: 0, all: 0 });
  });

  it.each<[string, Partial<AuditFilter>, string[]]>([
    ['severity', { levels: ['error'] }, ['bio.c:3', 'bio.c:5']],
    ['no hazard', { levels: ['none'] }, ['bio.c:4', 'btree.c:3']],
    ['hazard', { codes: ['bv-page-write', 'kmap-page'] }, ['bio.c:5', 'raid1.c:3']],
    ['kind', { levels: [], kinds: ['call'] }, ['bio.c:4', 'bio.c:5', 'btree.c:3']],
    ['subsystem', { subsystems: ['drivers/md'] }, ['raid1.c:3']],
    ['text: all words, of whatever', { text: ' RAID1  write' }, ['raid1.c:3']],
    ['text that is nowhere', { text: 'raid1 read' }, []],
    ['several at once', { levels: ['warning'], kinds: ['read'], text: 'block' }, ['bio.c:5']],
  ])('filters by %s', (_, change, expected) => {
    const places = textOf(auditModel([tree], filter(change)).roots, facts).matchAll(/\w+\.c:\d+/g);
    expect([...places].map((found) => found[0])).toEqual(expected);
  });

  it('is copied as text: subsystems, and a line a use', () => {
    const { roots } = auditModel([tree], filter({ subsystems: ['drivers/md'] }));
    expect(textOf(roots, facts)).toBe(
      'drivers/md\t1 · 50 % ready · 14 files\ndrivers/md/raid1.c:3:6\tbv_page\twrite\tbv-page-write',
    );
    expect(textOf(roots[0]!.children, facts)).toBe('drivers/md/raid1.c:3:6\tbv_page\twrite\tbv-page-write');
  });
});

describe('what a filter says', () => {
  it('is nothing for the one at first, and its parts for others', () => {
    expect([isDefault(HAZARDS_ONLY), filterText(HAZARDS_ONLY)]).toEqual([true, '']);
    expect(isDefault(filter({ text: 'x' }))).toBe(false);
    expect(filterText(filter({ levels: ['error'], kinds: ['read', 'write'], text: 'raid' }))).toBe(
      'error · read, write · “raid”',
    );
    expect(filterText(filter({ levels: ['none'] }))).toBe('none');
  });
});
