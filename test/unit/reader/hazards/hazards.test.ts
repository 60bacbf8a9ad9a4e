import { describe, expect, it } from 'vitest';
import { lookup } from '../../../../src/catalogue';
import { CFile } from '../../../../src/reader/c-file';
import { findHazards, HAZARDS } from '../../../../src/reader/hazards';

/** What a hazard finds in a piece of C of our own, as text. */
function found(code: string, text: string): string[] {
  const file = new CFile(text, 'drivers/block/sample.c');
  return findHazards(file)
    .filter(({ hazard }) => hazard.code === code)
    .map(({ start, end }) => text.slice(start, end));
}

const inFunction = (body: string) => `static void sample(void)\n{\n\t${body}\n}\n`;

describe('the hazards', () => {
  it('have a code each, a sentence, and an entry that exists', () => {
    expect(new Set(HAZARDS.map((one) => one.code)).size).toBe(HAZARDS.length);
    for (const { why, entry, words } of HAZARDS) {
      expect(why).toMatch(/^[^\n]+\.$/);
      expect(lookup(entry), entry).toBeDefined();
      expect(words.length).toBeGreaterThan(0);
    }
  });

  it('find nothing where no word of theirs stands, and nothing in comments and strings', () => {
    expect(findHazards(new CFile(inFunction('return;')))).toEqual([]);
    const quiet = '/* bv->bv_page */ const char *s = "kmap(bv->bv_page)"; // bio_data(bio)';
    expect(findHazards(new CFile(inFunction(quiet)))).toEqual([]);
  });

  it('are given in the order of the text', () => {
    const text = inFunction('a.bv_page = b; c = page_address(d->bv_page); bio_data(e);');
    const codes = findHazards(new CFile(text)).map(({ hazard }) => hazard.code);
    expect(codes).toEqual(['bv-page-write', 'page-address', 'bv-page-read', 'bio-data']);
  });
});

describe('bv-page-read', () => {
  it.each([
    ['p = bv->bv_page;', 'bv->bv_page'],
    ['p = bio->bi_io_vec[i + f(1)].bv_page;', 'bio->bi_io_vec[i + f(1)].bv_page'],
    ['if (x && (*bv).bv_page) y();', '(*bv).bv_page'],
    ['p = next(bv)->bv_page;', 'next(bv)->bv_page'],
    ['p = ((struct bio_vec *)v)->bv_page;', '((struct bio_vec *)v)->bv_page'],
    ['return iov . bv_page;', 'iov . bv_page'],
    ['p = bv->\n\t\tbv_page;', 'bv->\n\t\tbv_page'],
    ['if (bv->bv_page == page) return;', 'bv->bv_page'],
    ['for_each_vec(bv, bio) free(bv->bv_page);', 'bv->bv_page'],
  ])('finds %s', (body, place) => {
    expect(found('bv-page-read', inFunction(body))).toEqual([place]);
  });

  it('finds it in the body of a macro and in a block that is handed to one', () => {
    expect(found('bv-page-read', '#define PAGE_OF(v) \\\n\t((v)->bv_page)\n')).toEqual(['(v)->bv_page']);
    const block = 'each(iter, v, ({ char *p = kmap(v.bv_page); use(p); kunmap(v.bv_page); 0; }))';
    expect(found('bv-page-read', inFunction(block))).toHaveLength(2);
  });

  it('leaves declarations and offsets alone', () => {
    expect(found('bv-page-read', 'struct bio_vec { struct page *bv_page; };')).toEqual([]);
    expect(found('bv-page-read', 'check(offsetof(struct bio_vec, bv_page));')).toEqual([]);
    expect(found('bv-page-read', inFunction('n = sizeof(bv->bv_page);'))).toEqual([]);
  });

  it('finds both branches of a condition that opens a brace twice', () => {
    const text = inFunction('#if A\nif (bv->bv_page) {\n#else\nif (b.bv_page) {\n#endif\nuse(c.bv_page); }');
    expect(found('bv-page-read', text.replace('\t#if', '#if'))).toHaveLength(3);
  });
});

describe('bv-page-write', () => {
  it('finds assignments and designators', () => {
    expect(found('bv-page-write', inFunction('bv->bv_page = p;'))).toEqual(['bv->bv_page']);
    expect(found('bv-page-write', inFunction('if (!(v[0].bv_page = get())) return;'))).toEqual([
      'v[0].bv_page',
    ]);
    const made = 'struct bio_vec v = { .bv_page = p, .bv_len = 8 };';
    expect(found('bv-page-write', inFunction(made))).toEqual(['.bv_page']);
  });
});

describe('what is done with the page of a vector', () => {
  it('page-address', () => {
    const body = 'a = page_address(bv->bv_page); b = page_address(bvec_page(&v)); c = page_address(p);';
    expect(found('page-address', inFunction(body))).toEqual([
      'page_address(bv->bv_page)',
      'page_address(bvec_page(&v))',
    ]);
  });

  it('kmap-page', () => {
    const body = 'a = kmap(bv->bv_page); b = kmap_atomic(bio_page(bio)); c = kmap_local_page(page);';
    expect(found('kmap-page', inFunction(body))).toEqual(['kmap(bv->bv_page)', 'kmap_atomic(bio_page(bio))']);
  });

  it('page-arithmetic', () => {
    const body = 'p = bv->bv_page + n; bv->bv_page++; q = page_address(v.bv_page) + 4; r = 1 + w.bv_page;';
    expect(found('page-arithmetic', inFunction(body))).toEqual(['bv->bv_page', 'bv->bv_page', 'w.bv_page']);
  });

  it('bio-data, where it is called', () => {
    const text = `static void *bio_data(struct bio *bio)\n{\n\treturn 0;\n}\n${inFunction('p = bio_data(bio);')}`;
    expect(found('bio-data', text)).toEqual(['bio_data(bio)']);
  });
});

describe('scatterlists', () => {
  it('sg-page only where the file has to do with block I/O', () => {
    const body = inFunction('p = sg_page(sg); q = sg_virt(&s[1]); sg_set_page(sg, p, 8, 0);');
    expect(found('sg-page', body)).toEqual([]);
    expect(found('sg-page', `struct bio;\n${body}`)).toEqual([
      'sg_page(sg)',
      'sg_virt(&s[1])',
      'sg_set_page(sg, p, 8, 0)',
    ]);
  });

  it('sg-phys-by-hand', () => {
    const body = 'a = page_to_phys(sg_page(sg)) + sg->offset; b = page_to_phys(sg_page(s)); c = sg_phys(sg);';
    expect(found('sg-phys-by-hand', inFunction(body))).toEqual([
      'page_to_phys(sg_page(sg)) + sg->offset',
      'page_to_phys(sg_page(s))',
    ]);
  });
});

describe('mappings', () => {
  it('kmap-unpaired: never released, and nobody else has it', () => {
    expect(found('kmap-unpaired', inFunction('p = kmap(page); use(*p);'))).toEqual(['kmap(page)']);
    expect(found('kmap-unpaired', inFunction('p = kmap(page); use(*p); kunmap(page);'))).toEqual([]);
    expect(found('kmap-unpaired', inFunction('p = kmap(page); return p;'))).toEqual([]);
    expect(found('kmap-unpaired', inFunction('p = kmap(page); owner->p = p;'))).toEqual([]);
    expect(found('kmap-unpaired', inFunction('this->p = kmap(page);'))).toEqual([]);
    expect(found('kmap-unpaired', inFunction('return kmap(page);'))).toEqual([]);
    expect(found('kmap-unpaired', inFunction('p = kmap_atomic_pfn_t(pfn); kunmap_atomic(p);'))).toHaveLength(
      1,
    );
  });

  it('kmap-sleep: between the two of an atomic pair', () => {
    const body =
      'p = kmap_atomic(page); cond_resched(); q = kmalloc(8, GFP_KERNEL); kunmap_atomic(p); schedule();';
    expect(found('kmap-sleep', inFunction(body))).toEqual(['cond_resched', 'GFP_KERNEL']);
    expect(found('kmap-sleep', inFunction('p = kmap(page); schedule(); kunmap(page);'))).toEqual([]);
    const pfn = 'p = kmap_atomic_pfn_t(pfn); mutex_lock(&m); kunmap_atomic_pfn_t(p);';
    expect(found('kmap-sleep', inFunction(pfn))).toEqual(['mutex_lock']);
  });

  it('kmap-unchecked', () => {
    expect(found('kmap-unchecked', inFunction('p = kmap_atomic_pfn_t(pfn); memset(p, 0, 8);'))).toHaveLength(
      1,
    );
    expect(
      found('kmap-unchecked', inFunction('p = kmap_atomic_pfn_t(pfn) + 8; if (!p) return;')),
    ).toHaveLength(1);
    expect(found('kmap-unchecked', inFunction('p = kmap_atomic_pfn_t(pfn); if (!p) return;'))).toEqual([]);
    expect(found('kmap-unchecked', inFunction('m->p = kmap_atomic_pfn_t(pfn); if (m->p) use(m);'))).toEqual(
      [],
    );
    expect(found('kmap-unchecked', 'void *kmap_atomic_pfn_t(__pfn_t pfn);')).toEqual([]);
  });

  it('dma-unchecked', () => {
    const call = 'dma_map_page(dev, page, 0, 8, DMA_TO_DEVICE)';
    expect(found('dma-unchecked', inFunction(`a = ${call}; start(a);`))).toEqual([call]);
    expect(found('dma-unchecked', inFunction(`d->a = (u32)${call};`))).toEqual([call]);
    expect(found('dma-unchecked', inFunction(`a = ${call}; if (dma_mapping_error(dev, a)) return;`))).toEqual(
      [],
    );
    expect(found('dma-unchecked', inFunction(`return ${call};`))).toEqual([]);
  });

  it('map-page-op', () => {
    const ops = (rest: string) => `struct dma_map_ops my_ops = {\n\t.map_page = my_map_page,${rest}\n};\n`;
    expect(found('map-page-op', ops(''))).toEqual(['.map_page']);
    expect(found('map-page-op', ops('\n\t.map_pfn = my_map_pfn,'))).toEqual([]);
    expect(found('map-page-op', 'struct other_ops my_other = { .map_page = f };')).toEqual([]);
  });
});
