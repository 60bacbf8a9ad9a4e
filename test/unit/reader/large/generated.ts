/** A driver of any size, as a generator would write one: our own text, every function with something to say. */
export function generatedDriver(size: number): string {
  const parts = ['#include <linux/bio.h>\n\n'];
  for (let length = 0, i = 0; length < size; i++) {
    const one = `static void sample_${i}(struct bio_vec *bv, struct scatterlist *sg, struct page *page)
{
	void *p = kmap_atomic(bv->bv_page);
	dma_addr_t a = dma_map_page(dev, bv->bv_page, 0, 4096, DMA_TO_DEVICE);

	bv->bv_page = page;
	bv->bv_len = 4096;
	bv->bv_offset = 0;
	memcpy(p + bv->bv_offset, page_address(bvec_page(bv)), bv->bv_len);
	x = page_to_phys(sg_page(sg)) + sg->offset;
	kunmap_atomic(p);
}

`;
    parts.push(one);
    length += one.length;
  }
  return parts.join('');
}
