import { beforeAll, describe, expect, it } from 'vitest';
import { hoverAt } from '../../../src/reader';
import type { CParser } from '../../../src/reader';
import { createParser, marked } from './support';

/** Places where a name only looks like the catalogue's; all of it is our own writing. */

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

const body = (code: string): string => `void f(void)\n{\n\t${code}\n}\n`;

const COMMENTS_AND_STRINGS = [
  '/* «bio_endio» ends it */',
  '/*\n * see «bvec_phys»()\n */\nint x;',
  'int x; // «sg_dma_address» of it',
  '// one line \\\n «PFN_DEV» still comment\n',
  'char *s = "«dma_map_page» failed";',
  'char *s = "a \\" «sg_next»";',
  body('pr_warn("%s: «bio_split» gave nothing\\n", name);'),
  '#error «ZONE_DEVICE» is needed\n',
  '#include <linux/«scatterlist».h>\n',
  '#include "«bio»-private.h"\n',
  '#pragma weak «sg_page»\n',
  '#define A(x) (x /* not «bvec_virt» */)\n',
  '#define A(x) say("«kmap_local_page»")\n',
  "int c = '«B»';",
];

const VARIABLES = [
  body('struct bio *«bio»;'),
  body('struct bio *bio = next(q);\n\tuse(«bio»);'),
  body('use(&«scatterlist»);'),
  body('int «max_sectors» = 8;'),
  body('unsigned «bi_size»;\n\tbi_size = 1;'),
  body('unsigned max_segments;\n\tuse(«max_segments»);'),
  body('u64 «bi_sector» = 0;'),
  body('void *bio_data = p;\n\tuse(«bio_data»);'),
  body('int sg_nents = 4;\n\tuse(«sg_nents» + 1);'),
  body('struct page *page_address;\n\tuse(«page_address»);'),
  body('for (int bio_sectors = 0; «bio_sectors» < 4; )\n\t\tuse(0);'),
  body('int (*sg_next)(int) = g;\n\t«sg_next»(1);'),
  'static int g(void *kmap)\n{\n\treturn use(«kmap»);\n}\n',
  'static int g(int «bvec_phys»)\n{\n\treturn 0;\n}\n',
  'static bool pfn_valid;\n' + body('use(«pfn_valid»);'),
  'void g(int «dma_capable»);\n',
  body('enum { a } folio_page;\n\tuse(«folio_page»);'),
];

const OTHER_STRUCTURES = [
  body('struct sample_ops *ops = p;\n\n\tops->«map_page»(dev, page);'),
  'static int g(struct sample_ops *ops)\n{\n\treturn ops->«direct_access»(0);\n}\n',
  'static int g(const struct sample_ops *ops)\n{\n\treturn ops->«map_sg»;\n}\n',
  body('struct sample s;\n\n\ts.«max_sectors» = 8;'),
  body('struct sample s[4], *t;\n\n\tt->«bi_size» = 8;'),
  body('struct sample s[4];\n\n\ts[1].«bv_len» = 8;'),
  body('if (x) {\n\t\tstruct sample *v = p;\n\n\t\tv->«bv_page» = q;\n\t}'),
  'struct sample_ops { int (*«map_page»)(int); };',
  'struct sample { unsigned «max_segments»; };',
  'struct sample { struct inner { int «bi_idx»; } in; };',
  'static struct sample_ops o = { .«unmap_page» = f };',
  'static const struct sample_ops o = {\n\t.open = a,\n\t.«direct_access» = b,\n};',
  body('use((struct sample){ .«bv_offset» = 1 });'),
  body('ops->«bio_alloc»(gfp);'),
  body('x.«kmap»(x, 0);'),
  'struct buf_ops { void *(*«kmap_atomic»)(int); };',
  'static struct buf_ops o = { .«kunmap» = f };',
  body('s->«sg_table» = t;'),
  body('dev->ctrl.«max_hw_sectors» = 8;'),
  body('x = dev->parms->«max_segment_size»;'),
  body('host->«max_sectors» = 8;'),
  '#define MAX(h) ((h)->«max_segments»)\n',
];

const OTHER_FUNCTIONS = [
  body('«bio_data»(a, b);'),
  body('«sg_next»(a, b);'),
  body('«pfn_to_page»(a, b);'),
  body('«bvec_phys»(a, 4);'),
  body('«dma_mapping_error»(a, b, c);'),
  'static int «sg_page»(int a, int b)\n{\n\treturn a + b;\n}\n',
  body('«bio_data_size»(b);'),
  body('my_«bio_split»(b);'),
  body('«Bio_endio»(b);'),
  body('goto out;\n«sg_virt»:\n\treturn;'),
  body('goto «bio_put»;'),
];

const ELSEWHERE: readonly (readonly [path: string, source: string])[] = [
  ['net/core/sample.c', body('return -«EOPNOTSUPP»;')],
  ['fs/sample/file.c', body('return -«EREMOTEIO»;')],
  ['arch/mips/include/asm/sample.h', body('x = a << «PFN_SHIFT»;')],
  ['arch/arm/sample.h', body('x = «pfn_to_phys»(pfn);')],
  ['drivers/edac/sample.c', 'enum «memory_type» t;'],
];

describe('the reader is silent', () => {
  it.each([...COMMENTS_AND_STRINGS, ...VARIABLES, ...OTHER_STRUCTURES, ...OTHER_FUNCTIONS])(
    '%j',
    (source) => {
      const { text, offset } = marked(source);
      expect(hoverAt(parser, text, offset)).toBeUndefined();
    },
  );

  it.each(ELSEWHERE)('in %s: %j', (path, source) => {
    const { text, offset } = marked(source);
    expect(hoverAt(parser, text, offset, { path })).toBeUndefined();
  });

  it('at more than fifty places that were thought of', () => {
    const all = [COMMENTS_AND_STRINGS, VARIABLES, OTHER_STRUCTURES, OTHER_FUNCTIONS, ELSEWHERE];
    expect(all.flat().length).toBeGreaterThanOrEqual(50);
  });
});

describe('and speaks where the name is the kernel’s after all', () => {
  it.each([
    [
      'map_page',
      'static int g(const struct dma_map_ops *ops)\n{\n\treturn ops->«map_page»(a, b, c, d, e, f) != 0;\n}\n',
    ],
    ['map_page', body('get_ops(dev)->«map_page»(dev, page);')],
    ['map_page', 'static const struct dma_map_ops o = { .«map_page» = f };'],
    ['max_sectors', body('q->limits.«max_sectors» = 8;')],
    ['max_segments', body('struct queue_limits *top = l;\n\n\ttop->«max_segments» = 8;')],
    ['bi_size', body('struct bio *bio = b;\n\n\tbio->bi_iter.«bi_size» = 8;')],
    ['bv_len', body('struct bio_vec bv, *p;\n\n\tp->«bv_len» = bv.bv_len;')],
    ['bv_len', body('struct bio_vec v[4];\n\n\tv[1].«bv_len» = 8;')],
    [
      'bv_page',
      body('struct sample *v;\n\tif (x) {\n\t\tstruct bio_vec *v = p;\n\n\t\tv->«bv_page» = q;\n\t}'),
    ],
    ['bio', body('struct «bio» *bio;')],
    ['scatterlist', 'static int g(struct «scatterlist» *sg);'],
    ['sg_table', body('x = sizeof(struct «sg_table»);')],
    ['ZONE_DEVICE', '#ifdef «ZONE_DEVICE»\n#endif\n'],
    ['CONFIG_ZONE_DEVICE', '#if IS_ENABLED(«CONFIG_ZONE_DEVICE»)\n#endif\n'],
    ['bio_for_each_bvec', body('«bio_for_each_bvec»(bv, bio, iter)\n\t\tn++;')],
    ['BIO_CLONED', body('if (bio_flagged(bio, «BIO_CLONED»))\n\t\treturn;')],
    ['bvec_iter_advance', 'EXPORT_SYMBOL(«bvec_iter_advance»);'],
    ['bio_endio', body('b->bi_end_io = «bio_endio»;')],
    ['sg_next', '#define NEXT(s) «sg_next»(s)\n'],
    ['bi_iter', '#define SECTOR(b) ((b)->«bi_iter».bi_sector)\n'],
  ])('%s', (name, source) => {
    const { text, offset } = marked(source);
    expect(hoverAt(parser, text, offset)?.entry.name).toBe(name);
  });
});
