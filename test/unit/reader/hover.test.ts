import { beforeAll, describe, expect, it } from 'vitest';
import { hoverAt } from '../../../src/reader';
import type { CParser, Hover, HoverOptions } from '../../../src/reader';
import { createParser, marked, SAMPLE } from './support';

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

function hoverIn(source: string, options?: HoverOptions): Hover | undefined {
  const { text, offset } = marked(source);
  return hoverAt(parser, text, offset, options);
}

const body = (code: string): string => `void f(void)\n{\n\t${code}\n}\n`;

describe('hoverAt', () => {
  it('knows every name of the sample file, and none in its comments and strings', () => {
    const shown = new Set<string>();
    for (let offset = 0; offset <= SAMPLE.length; offset++) {
      const hover = hoverAt(parser, SAMPLE, offset);
      if (hover)
        shown.add(`${hover.entry.name} ${SAMPLE.slice(0, hover.start).split('\n').length} ${hover.role}`);
    }
    expect([...shown]).toEqual([
      'bv_page 3 member',
      'PFN_DEV 3 use',
      'CONFIG_DEV_PFN 4 use',
      'dma_map_ops 12 type',
      'map_pfn 13 initialiser',
      'bio 19 type',
      'bio_vec 21 type',
      'BIO_VEC_INIT 21 call',
      '__pfn_t 22 type',
      'page_to_pfn_t 22 call',
      'bio_page 22 call',
      'blk_queue_pfn 25 call',
      'bio_for_each_segment 27 call',
      'bvec_page 28 call',
      'bv_pfn 28 member',
      'bvec_set_page 30 call',
      '__pfn_t_to_page 30 call',
      'sg_set_page 32 call',
      'bv_page 32 member',
      'bv_len 32 member',
      'bio_add_pfn 33 call',
      'bvec_page 35 use',
    ]);
  });

  it('gives the range of the name from any place on it', () => {
    const { text, offset } = marked(body('y = «bvec_page»(bv);'));
    for (let on = offset; on <= offset + 9; on++) {
      expect(hoverAt(parser, text, on)).toMatchObject({ start: offset, end: offset + 9, role: 'call' });
    }
    expect(hoverAt(parser, text, offset - 1)).toBeUndefined();
    expect(hoverAt(parser, text, offset + 10)).toBeUndefined();
  });
});

describe('names that only look like ours', () => {
  it.each([
    ['a local variable', body('struct page *bio_page;\n\n\t«bio_page» = p;')],
    ['the declaration of one', body('struct page *«bio_page»;')],
    ['a local used as an argument', body('struct page *bio_page = p;\n\tcopy(a, «bio_page»);')],
    ['a local in an outer block', body('int bio_page;\n\tif (x) {\n\t\tg(«bio_page»);\n\t}')],
    ['a parameter', 'static int f(struct page *bio_page)\n{\n\treturn g(«bio_page»);\n}\n'],
    ['a function pointer', body('int (*bvec_page)(int);\n\n\t«bvec_page»(1);')],
    ['a variable of the file', 'static int bio_page;\n' + body('g(«bio_page»);')],
    ['a macro parameter', '#define X(bio_page) g(«bio_page»)\n'],
    ['a local, half-typed', 'void f(void)\n{\n\tstruct page *bio_page;\n\n\tg(«bio_page»'],
    ['a member of another kind', body('ops->«kmap_atomic»(buf, 0);')],
    ['a member called like a function', 'struct ops { void *(*«kmap_atomic»)(int); };'],
    ['a variable called like a member', body('int bv_page;\n\t«bv_page»++;')],
    ['a variable called bio_vec', body('g(&«bio_vec»);')],
    ['an op of another structure', 'static struct sample_ops o = { .«map_pfn» = f };'],
    ['a field of another structure', 'struct sample_ops { int (*«map_pfn»)(int); };'],
    ['a function with more arguments', body('«bio_page»(a, b, c);')],
    ['a label', body('goto out;\n«bvec_page»:\n\treturn;')],
    ['a longer word', body('«bvec_page_count»(v);')],
  ])('%s', (_, source) => {
    expect(hoverIn(source)).toBeUndefined();
  });

  it.each([
    ['in the next function', `${body('int bio_page;')}\n${body('g(«bio_page»(bio));')}`],
    ['in a block that has ended', body('if (x) {\n\t\tint bio_page = 1;\n\t}\n\tg(«bio_page»(bio));')],
    ['as a parameter of a prototype', 'int h(int bio_page);\n' + body('g(«bio_page»(bio));')],
    ['as a member', body('a->bio_page = 1;\n\tg(«bio_page»(bio));')],
    ['as a macro parameter', '#define X(bio_page) 1\n' + body('g(«bio_page»(bio));')],
    ['as a local, for a member', body('int bv_page = 1;\n\tv->«bv_page» = p;')],
  ])('are ours again when the other one was %s', (_, source) => {
    expect(hoverIn(source)).toBeDefined();
  });
});

describe('one name, two contracts', () => {
  it.each([
    ['«bvec_set_page»(&bv, page);', undefined],
    ['«bvec_set_page»(&bv, g(page, 1));', undefined],
    ['«bvec_set_page»(&bv, page, len, 0);', 'today'],
    ['«bvec_set_page»(&bv, page, len,', 'today'],
    ['«bvec_set_page»(&bv, page', undefined],
    ['«bvec_set_page»(', undefined],
    ['«pfn_to_pfn_t»(pfn);', 'merged'],
    ['«pfn_to_pfn_t»(pfn, PFN_DEV);', undefined],
    ['«pfn_to_pfn_t»(pfn', undefined],
  ])('%s', (code, variant) => {
    const hover = hoverIn(body(code));
    expect(hover).toBeDefined();
    expect(hover?.variant?.id).toBe(variant);
  });

  it('tells the two bvec_set_page apart where they are defined, too', () => {
    expect(hoverIn('void «bvec_set_page»(struct bio_vec *v, struct page *p) { }')?.variant).toBeUndefined();
    expect(
      hoverIn('void «bvec_set_page»(struct bio_vec *v, struct page *p, int l, int o);')?.variant?.id,
    ).toBe('today');
  });

  it.each([
    ['virt/kvm/kvm_main.c', 'kvm'],
    ['/src/linux/arch/x86/kvm/mmu.c', 'kvm'],
    ['C:\\linux\\include\\linux\\kvm_host.h', 'kvm'],
    ['arch/um/include/asm/page.h', 'um'],
    ['include/linux/dax.h', undefined],
    [undefined, undefined],
  ])('pfn_t in %s', (path, variant) => {
    const hover = hoverIn(body('«pfn_t» pfn;'), path === undefined ? {} : { path });
    expect(hover?.entry.name).toBe('pfn_t');
    expect(hover?.variant?.id).toBe(variant);
  });

  it('knows KVM by its headers when there is no path', () => {
    expect(hoverIn('#include <linux/kvm_host.h>\n' + body('«pfn_t» pfn;'))?.variant?.id).toBe('kvm');
  });
});

describe('half-typed files', () => {
  it.each([
    ['a call that is being typed', 'void f(void)\n{\n\tp = «bvec_page»(\n'],
    ['a member that is being typed', 'void f(void)\n{\n\tif (v->«bv_page»\n\nint g(void)\n{\n}\n'],
    ['code after an open brace', 'void f(void)\n{\n\tif (a) {\n\tx = «PFN_DEV»;\n\n' + body('return;')],
    ['code before an open comment', body('x = «PFN_DEV»;') + '/* oops'],
    ['nothing but the call', '«dma_map_pfn»(dev'],
  ])('%s', (_, source) => {
    expect(hoverIn(source)).toBeDefined();
  });
});
