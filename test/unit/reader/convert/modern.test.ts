import { describe, expect, it } from 'vitest';
import { CFile } from '../../../../src/reader/c-file';
import { convert } from '../../../../src/reader/convert';
import { knownHelpers } from '../../../../src/reader/convert/known-helpers';

const modern = (text: string) => convert(new CFile(text, 'drivers/block/sample.c'), 'modern');
const inFunction = (body: string) => `static void sample(void)\n{\n\t${body}\n}\n`;

describe('the rules of today', () => {
  it.each([
    ['bv->bv_page = p;\n\tbv->bv_len = 8;\n\tbv->bv_offset = o;', 'bvec_set_page(bv, p, 8, o);'],
    ['v[i].bv_offset = 0;\n\tv[i].bv_len = n;\n\tv[i].bv_page = f(p);', 'bvec_set_page(&v[i], f(p), n, 0);'],
    [
      'b.bv_page = sg_page(s);\n\tb.bv_len = min(n, bv->bv_len);\n\tb.bv_offset = bv->bv_offset;',
      'bvec_set_page(&b, sg_page(s), min(n, bv->bv_len), bv->bv_offset);',
    ],
    ['a = page_address(bv.bv_page) + bv.bv_offset;', 'a = bvec_virt(&bv);'],
    ['a = (char *)page_address(bv->bv_page) + bv->bv_offset + n;', 'a = (char *)bvec_virt(bv) + n;'],
    ['a = kmap_local_page(bv->bv_page) + bv->bv_offset;', 'a = bvec_kmap_local(bv);'],
    ['a = page_to_phys(bv->bv_page) + bv->bv_offset;', 'a = bvec_phys(bv);'],
    ['memcpy_from_page(to, b.bv_page, b.bv_offset, b.bv_len);', 'memcpy_from_bvec(to, &b);'],
    ['memcpy_to_page(b->bv_page, b->bv_offset, from + 1, b->bv_len);', 'memcpy_to_bvec(b, from + 1);'],
    ['memzero_page(b->bv_page, b->bv_offset, b->bv_len);', 'memzero_bvec(b);'],
    ['a = page_to_phys(sg_page(s)) + s->offset;', 'a = sg_phys(s);'],
    ['a = page_address(sg_page(s)) +\n\t\ts->offset;', 'a = sg_virt(s);'],
  ])('%s', (before, after) => {
    expect(modern(inFunction(before)).text).toBe(inFunction(after));
  });

  it.each([
    ['another vector', 'a = page_address(x.bv_page) + y.bv_offset;'],
    ['no offset', 'a = page_address(bv.bv_page);'],
    ['part of a vector', 'memcpy_from_page(to, b.bv_page, b.bv_offset, n);'],
    ['a mapping that is atomic', 'a = kmap_atomic(bv->bv_page) + bv->bv_offset;'],
    ['the page alone of a list', 'a = page_to_phys(sg_page(s));'],
  ])('do nothing about %s', (_what, body) => {
    expect(modern(inFunction(body))).toEqual({ text: inFunction(body), conversions: [], left: [] });
  });

  it.each([
    ['a = b - page_to_phys(bv->bv_page) + bv->bv_offset;', /in front/],
    ['a = *page_address(bv->bv_page) + bv->bv_offset;', /in front/],
    ['a = (u32 *)page_address(bv->bv_page) + bv->bv_offset;', /in front/],
    ['a = page_to_phys(bv->bv_page) + bv->bv_offset * 2;', /behind/],
    ['a = page_address((bv++)->bv_page) + (bv++)->bv_offset;', /does something/],
    ['a = page_to_phys(f(x).bv_page) + f(x).bv_offset;', /does something/],
    ['bv->bv_page = p;\n\tuse(bv);\n\tbv->bv_len = 8;\n\tbv->bv_offset = o;', /one after the other/],
    ['if (x)\n\t\tbv->bv_page = p;\n\tbv->bv_len = 8;\n\tbv->bv_offset = o;', /one after the other/],
    ['bv->bv_page = p;\n\tbv->bv_len = 8;\n\tother->bv_offset = o;', /one after the other/],
    ['bv->bv_page = p;\n\tbv->bv_offset = o;\n\tbv->bv_len = 8 - bv->bv_offset;', /just written/],
    ['bv->bv_page = a->bv_page;\n\tbv->bv_len = a->bv_len;\n\tbv->bv_offset = 0;', /may be the one/],
    ['bv->bv_page = f();\n\tbv->bv_len = g();\n\tbv->bv_offset = 0;', /order would change/],
  ])('leave alone: %s', (body, reason) => {
    const { text, left } = modern(inFunction(body));
    expect(text).toBe(inFunction(body));
    expect(left.map((one) => one.reason).join()).toMatch(reason);
  });

  it('hand no constant to a helper that may change it', () => {
    const text = 'void f(const struct bio_vec *bv)\n{\n\ta = page_address(bv->bv_page) + bv->bv_offset;\n}\n';
    expect(modern(text).left[0]!.reason).toMatch(/const/);
  });

  it('leave the helpers themselves alone', () => {
    const text =
      'void *bvec_virt(struct bio_vec *b)\n{\n\treturn page_address(b->bv_page) + b->bv_offset;\n}\n' +
      'void bvec_set_page(struct bio_vec *b, struct page *p)\n{\n\tb->bv_page = p;\n\tb->bv_len = l;\n\tb->bv_offset = o;\n}\n';
    expect(modern(text).left.map((one) => one.reason)).toEqual([
      'this is bvec_virt() itself',
      'this is bvec_set_page() itself',
    ]);
  });

  it('use only what the headers of the kernel have', () => {
    const known = knownHelpers([
      'static inline void *bvec_virt(struct bio_vec *bvec)\n{\n}\n',
      '#define bvec_phys(bv) 0\nstatic inline void bvec_set_page(struct bio_vec *bv,\n\tint x)\n',
    ]);
    expect(['bvec_virt', 'bvec_phys', 'bvec_set_page', 'bvec_kmap_local'].map(known)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const text = inFunction('a = kmap_local_page(b->bv_page) + b->bv_offset;');
    expect(convert(new CFile(text), 'modern', known).text).toBe(text);
  });
});
