import { describe, expect, it } from 'vitest';
import { CFile } from '../../../../src/reader/c-file';
import { convert } from '../../../../src/reader/convert';

const series = (text: string, path = 'drivers/block/sample.c') => convert(new CFile(text, path), 'series');
const inFunction = (body: string) => `static void sample(void)\n{\n\t${body}\n}\n`;

describe('the rules of the series', () => {
  it.each([
    ['p = bv->bv_page;', 'p = bvec_page(bv);'],
    ['p = bv.bv_page;', 'p = bvec_page(&bv);'],
    ['p = bio->bi_io_vec[i].bv_page;', 'p = bvec_page(&bio->bi_io_vec[i]);'],
    ['q = v.bv_page->mapping;', 'q = bvec_page(&v)->mapping;'],
    ['bv->bv_page = p;', 'bvec_set_page(bv, p);'],
    ['bv.bv_page\t= p;', 'bvec_set_page(&bv, p);'],
    ['a->bv_page = b[0].bv_page;', 'bvec_set_page(a, bvec_page(&b[0]));'],
    ['a->bv_page = b = c;', 'bvec_set_page(a, b = c);'],
    ['bv->bv_page =\n\t\tf(x,\n\t\t  y);', 'bvec_set_page(bv,\n\t\tf(x,\n\t\t  y));'],
    [
      'if (x) bv->bv_page = p; else w.bv_page = NULL;',
      'if (x) bvec_set_page(bv, p); else bvec_set_page(&w, NULL);',
    ],
    ['case 1: bv->bv_page = p;', 'case 1: bvec_set_page(bv, p);'],
    ['each_vec(bv, bio)\n\t\tfree(bv->bv_page);', 'each_vec(bv, bio)\n\t\tfree(bvec_page(bv));'],
    ['get(*pages = v.bv_page)', 'get(*pages = bvec_page(&v))'],
    ['p = bio_iter_iovec(bio, iter).bv_page;', 'p = bvec_page(&bio_iter_iovec(bio, iter));'],
  ])('%s', (before, after) => {
    expect(series(inFunction(before)).text).toBe(inFunction(after));
  });

  it('convert in macros and keep their continuations', () => {
    expect(series('#define P(v) \\\n\t((v)->bv_page)\nint x;\n').text).toBe(
      '#define P(v) \\\n\t(bvec_page((v)))\nint x;\n',
    );
  });

  it('change nothing else, comments and white space neither', () => {
    const text = inFunction('use( bv /* which */ ->bv_page ,1) ;  /* bv->bv_page */');
    expect(series(text).text).toBe(inFunction('use( bvec_page(bv) ,1) ;  /* bv->bv_page */'));
  });

  it.each([
    ['p = by_value(x).bv_page;', /may return a copy/],
    ['if (!(bv->bv_page = get())) return;', /value of the assignment is used/],
    ['x = bv->bv_page = p;', /value of the assignment is used/],
    ['bv->bv_page++;', /counted on/],
    ['bv->bv_page += 2;', /counted on/],
    ['f(&bv->bv_page);', /address of the member/],
    ['n = sizeof(bv->bv_page);', /nothing is read/],
    ['struct bio_vec v = { .bv_page = p };', /designator/],
  ])('leave alone: %s', (body, reason) => {
    const { text, conversions, left } = series(inFunction(body));
    expect(text).toBe(inFunction(body));
    expect(conversions).toEqual([]);
    expect(left).toHaveLength(1);
    expect(left[0]!.reason).toMatch(reason);
  });

  it('leave the helpers themselves alone', () => {
    const helper = 'static struct page *bvec_page(const struct bio_vec *v)\n{\n\treturn v->bv_page;\n}\n';
    expect(series(helper).left[0]!.reason).toBe('this is bvec_page() itself');
  });

  it('use sg_phys(), and take the offset off where it was not added', () => {
    const body =
      'a = page_to_phys(sg_page(sg)) + sg->offset; b = page_to_phys(sg_page(&t[1])) + t[1].offset;';
    expect(series(inFunction(body)).text).toBe(inFunction('a = sg_phys(sg); b = sg_phys(&t[1]);'));
    const without = 'a = page_to_phys(sg_page(sg)) | prot; b = page_to_phys(sg_page(sg)) + other->offset;';
    expect(series(inFunction(without)).text).toBe(
      inFunction('a = (sg_phys(sg) - sg->offset) | prot; b = (sg_phys(sg) - sg->offset) + other->offset;'),
    );
  });

  it('map a pfn in the block layer, where both ends of the mapping are seen', () => {
    const body = 'p = kmap_atomic(bv.bv_page); use(p); kunmap_atomic(p);';
    const after = 'p = kmap_atomic_pfn_t(bv.bv_pfn); use(p); kunmap_atomic_pfn_t(p);';
    expect(series(inFunction(body), 'block/bio.c').text).toBe(inFunction(after));
    expect(series(inFunction(body)).text).toContain('kmap_atomic(bvec_page(&bv))');
    expect(series(inFunction('use(kmap_atomic(bv.bv_page));'), 'block/bio.c').left[0]!.reason).toMatch(
      /variable/,
    );
  });
});
