import { describe, expect, it } from 'vitest';
import { lensesOf } from '../../../../src/reader';

const titles = (text: string) =>
  lensesOf(text).map(({ at, title }) => `${text.slice(0, at).split('\n').length}: ${title}`);

describe('the lens of DMA operations', () => {
  it('says which operations take memory without a struct page, and why', () => {
    const text = `static int x_map_sg(struct device *dev, struct scatterlist *sg, int n)
{
	for_each_sg(sg, s, n, i)
		s->dma_address = page_to_phys(sg_page(s));
	return n;
}

static struct dma_map_ops x_ops = {
	.alloc = x_alloc,
	.map_sg = x_map_sg,
	.map_page = x_map_page,
	.map_pfn = x_map_pfn,
};
`;
    expect(titles(text)).toEqual(['8: DMA ops: page-less: map_pfn · needs pages: map_sg, map_page']);
    const [lens] = lensesOf(text);
    expect(lens?.told.map((line) => line.text)).toContain('map_sg — needs pages: x_map_sg() uses sg_page()');
    expect(lens?.picture).toBe('dma');
  });

  it('does not guess about a function of another file', () => {
    const text = 'const struct dma_map_ops x = { .map_sg = y_map_sg, .map_page = y_map_page };';
    expect(titles(text)).toEqual(['1: DMA ops: needs pages: map_page · not told here: map_sg · no map_pfn']);
  });

  it('finds a list that goes by physical addresses', () => {
    const text = `static int m(struct scatterlist *s)\n{\n\treturn use(sg_phys(s));\n}\nstatic struct dma_map_ops x = { .map_sg = m };\n`;
    expect(titles(text)).toEqual(['5: DMA ops: page-less: map_sg · no map_pfn']);
  });

  it('says nothing of a pointer, a declaration or another structure', () => {
    expect(titles('struct dma_map_ops *dma_ops = NULL;\nextern struct dma_map_ops x;\n')).toEqual([]);
    expect(titles('struct my_dma_map_ops x = { .map_page = f };')).toEqual([]);
  });
});

describe('the lens of a driver', () => {
  it.each([
    ['static struct blk_mq_ops ops = {\n\t.queue_rq = x_rq,\n};', 2],
    ['static const struct block_device_operations ops = {\n\t.submit_bio = x_rq,\n};', 2],
    ['void p(void)\n{\n\tq = blk_init_queue(x_rq, &lock);\n}', 3],
    ['void p(void)\n{\n\tblk_queue_make_request(q, x_rq);\n}', 3],
  ])('stands where its function is registered, and where it is: %s', (registration, line) => {
    const text = `${registration}\nstatic int x_rq(struct bio *bio)\n{\n\tp = kmap_atomic(bv.bv_page);\n\tkmap_atomic(q);\n\tsubmit_bio(bio);\n}\n`;
    const said =
      'In this file: kmap_atomic ×2, bv_page (needs a struct page) · submit_bio (the device below decides)';
    const lines = registration.split('\n').length;
    expect(titles(text)).toEqual([`${line}: ${said}`, `${lines + 1}: ${said}`]);
    expect(lensesOf(text)[0]?.picture).toBe('byte-ribbons');
  });

  it('admits that no name tells', () => {
    expect(titles('struct blk_mq_ops o = { .queue_rq = f };')).toEqual([
      '1: No name in this file tells how it reaches memory',
    ]);
  });

  it('counts neither comments, strings, definitions nor members of other structures', () => {
    const text = `/* kmap(p) */\nstatic void *kmap(struct page *p)\n{\n\treturn ops->sg_page(p, "page_address()");\n}\nstruct blk_mq_ops o = { .queue_rq = f };`;
    expect(titles(text)).toEqual(['6: No name in this file tells how it reaches memory']);
  });

  it('says nothing of another structure with such a member, or of half-typed text', () => {
    expect(titles('struct other_ops o = { .queue_rq = f, .submit_bio = g };')).toEqual([]);
    expect(titles('void p(void) { blk_init_queue(')).toEqual([]);
    expect(titles('struct dma_map_ops x = {')).toEqual(['1: DMA ops: none maps memory']);
  });
});
