import { describe, expect, it } from 'vitest';
import { entries } from '../../../src/catalogue';
import { definitionFiles, definitionIn, lookup, treeOfVersion } from '../../../src/reader';

const find = (name: string, text: string) => {
  const found = definitionIn(text, lookup(name)!);
  return found && text.slice(0, found.start).split('\n').length;
};

describe('the declaration of a name', () => {
  it.each([
    ['bio_vec', 'struct bio_vec;\nvoid f(struct bio_vec *bio_vec);\nstruct bio_vec {\n\tint x;\n};', 3],
    ['bv_page', 'struct y { int bv_page; };\nstruct bio_vec {\n\tstruct page\t*bv_page;\n};', 3],
    ['map_page', 'struct dma_map_ops {\n\tvoid (*unmap)(int);\n\tdma_addr_t (*map_page)(int a);\n};', 3],
    ['bvec_page', 'x = bvec_page(b);\nstatic inline struct page *bvec_page(void)\n{\n}', 2],
    [
      'bio_add_page',
      'extern int bio_add_page(struct bio *);\nint f(void)\n{\n\treturn bio_add_page(b);\n}',
      1,
    ],
    ['bio_page', '/* bio_page */\n#define bio_page(bio) x(bio)\n', 2],
    ['PFN_DEV', 'enum {\n\tPFN_SHIFT,\n\tPFN_DEV = 1,\n};', 3],
    ['__pfn_t', 'typedef struct {\n\tunsigned long val;\n} __pfn_t;', 3],
    ['CONFIG_DEV_PFN', 'config DEV\n\nconfig DEV_PFN\n\tbool\n', 3],
  ])('%s', (name, text, line) => {
    expect(find(name, text)).toBe(line);
  });

  it.each([
    ['bv_page', 'void f(struct bio_vec *b) { b->bv_page = 0; }'],
    ['bio_add_page', 'int f(void)\n{\n\treturn bio_add_page(b);\n}'],
    ['bio_vec', 'struct bio_vec *v;'],
  ])('is not where %s is only used', (name, text) => {
    expect(find(name, text)).toBeUndefined();
  });

  it('is looked for in a few known files, the tree’s own first', () => {
    const files = definitionFiles(lookup('bv_page')!, treeOfVersion('6.12'));
    expect(files[0]).toBe('include/linux/bvec.h');
    for (const entry of entries()) expect(definitionFiles(entry).length).toBeLessThanOrEqual(10);
  });
});
