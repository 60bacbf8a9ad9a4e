import { beforeAll, describe, expect, it } from 'vitest';
import { nameAt } from '../../../src/reader';
import type { CParser, NameAt } from '../../../src/reader';
import { createParser, marked } from './support';

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

function nameIn(source: string): NameAt | undefined {
  const { text, offset } = marked(source);
  return nameAt(parser.treeOf(text), text, offset);
}

describe('nameAt', () => {
  it.each([
    ['type', 'void f(void) { «__pfn_t» x; }'],
    ['type', 'void f(«__pfn_t» x) { }'],
    ['type', 'struct «bio_vec» { int x; };'],
    ['use', 'int x = sizeof(«__pfn_t»);'],
    ['call', 'void f(void) { «bvec_page»(bv); }'],
    ['member', 'void f(void) { a->«bv_page» = p; }'],
    ['member', 'void f(void) { g(a.b[1].«bv_page»); }'],
    ['member', 'void f(void) { ops->«map_pfn»(dev, pfn); }'],
    ['member', 'int x = offsetof(struct bio_vec, «bv_page»);'],
    ['member', 'void f(void) { x = container_of(p, struct bio_vec, «bv_page»); }'],
    ['initialiser', 'struct bio_vec v = { .«bv_page» = p };'],
    ['initialiser', 'struct dma_map_ops o = {\n\t.map_page = a,\n\t.«map_pfn» = b,\n};'],
    ['field', 'struct bio_vec { struct page *«bv_page»; };'],
    ['field', 'struct dma_map_ops { int (*«map_pfn»)(int); };'],
    ['declaration', 'void f(void) { struct page *«bio_page»; }'],
    ['declaration', 'void f(struct page *«bio_page») { }'],
    ['declaration', 'void f(void) { int (*«bio_page»)(int) = g; }'],
    ['declaration', 'void f(void) { struct page *«bio_page»[4], *b; }'],
    ['definition', 'static struct page *«bvec_page»(const struct bio_vec *v) { return 0; }'],
    ['definition', 'struct page *«bvec_page»(const struct bio_vec *v);'],
    ['definition', 'typedef struct { unsigned long val; } «__pfn_t»;'],
    ['definition', 'enum { «PFN_DEV» = 1 };'],
    ['definition', '#define «bio_page»(bio) 0\n'],
    ['use', 'EXPORT_SYMBOL(«bvec_page»);'],
    ['use', 'int x = a | «PFN_DEV»;'],
    ['use', 'void f(void) { int a[«PFN_DEV»]; }'],
    ['use', 'struct ops o = { .page = «bvec_page» };'],
    ['use', '#ifdef «CONFIG_DEV_PFN»\n#endif\n'],
    ['use', '#if IS_ENABLED(«CONFIG_DEV_PFN») && X\n#endif\n'],
    ['use', '#if defined(«CONFIG_DEV_PFN»)\n#endif\n'],
    ['use', '#undef «PFN_DEV»\n'],
    ['other', 'void f(void) {\n«bvec_page»:\n\treturn;\n}'],
  ])('%s: %s', (role, source) => {
    expect(nameIn(source)?.role).toBe(role);
  });

  it.each([
    ['member', '#define P(v) ((v)->«bv_page»)\n'],
    ['member', '#define P(v) f((v).«bv_page»)\n'],
    ['initialiser', '#define I(p) { .bv_len = 1, \\\n\t.«bv_page» = p }\n'],
    ['call', '#define C(v) \\\n\t(«bvec_page»(v) + 1)\n'],
    ['use', '#define F (A | «PFN_DEV»)\n'],
    ['type', '#define T(n) «__pfn_t» n = { 0 }\n'],
    ['type', '#define V(n) struct «bio_vec» n\n'],
    ['declaration', '#define L(bio_page) g(«bio_page»)\n'],
  ])('%s in a macro body: %j', (role, source) => {
    expect(nameIn(source)?.role).toBe(role);
  });

  it.each([
    ['call', 'void f(void)\n{\n\t«bvec_set_page»(&bv, page,\n}\nint g(void)\n{\n\treturn 0;\n'],
    ['member', 'void f(void)\n{\n\tif (bv->«bv_page»\n}\n'],
    ['declaration', 'void f(void)\n{\n\tif (a\n\tstruct page *«bio_page»;\n'],
    ['use', 'void f(void)\n{\n\tx = a * «bio_page»;\n\tif (\n'],
  ])('%s in half-typed text: %j', (role, source) => {
    expect(nameIn(source)?.role).toBe(role);
  });

  it.each([
    ['a comment', '/* «bvec_page» */'],
    ['a line comment', 'int x; // «bvec_page»\n'],
    ['a string', 'char *s = "«bvec_page»";'],
    ['a character constant', "int c = '«P»';"],
    ['an include', '#include <linux/«bvec_page».h>\n'],
    ['an error line', '#error «PFN_DEV» is missing\n'],
    ['a pragma', '#pragma mark «PFN_DEV»\n'],
    ['a comment in a macro body', '#define A(x) (x /* «bvec_page» */ + 1)\n'],
    ['a string in a macro body', '#define A(x) g("«bvec_page»")\n'],
    ['a keyword', '«return» 1;'],
  ])('nothing in %s', (_, source) => {
    expect(nameIn(source)).toBeUndefined();
  });

  it('gives the range and the arguments', () => {
    expect(nameIn('void f(void) { «bvec_set_page»(&v, a(b, c)); }')).toMatchObject({
      name: 'bvec_set_page',
      start: 15,
      end: 28,
      args: 2,
      argsClosed: true,
    });
  });

  it('names the structure of a member', () => {
    expect(nameIn('struct bio_vec { union { struct page *«bv_page»; }; };')?.owner).toBe('bio_vec');
    expect(nameIn('static struct sample o = { .«map_pfn» = f };')?.owner).toBe('sample');
    expect(nameIn('void f(void) { g((struct bio_vec){ .«bv_page» = p }); }')?.owner).toBe('bio_vec');
    expect(nameIn('struct outer o = { .inner = { .«map_pfn» = f } };')?.owner).toBeUndefined();
  });

  it('counts UTF-16 units', () => {
    const name = nameIn('/* 𝓟𝓕𝓝 é */ int x = «PFN_DEV»;');
    expect(name).toMatchObject({ name: 'PFN_DEV', role: 'use', start: 23 });
  });
});
