/*
 * Bioscope sample: written for hovering, not for building.
 * Point at __pfn_t, bvec_page, bio_add_pfn, dma_map_pfn … in the code below.
 */
#include <linux/bio.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>

struct tier {
	struct block_device *slow;
	struct device *dma;
	__pfn_t cache;
	unsigned int dirty;
};

/* Where the bytes of one vector are, page or no page. */
static dma_addr_t tier_where(const struct bio_vec *bv)
{
	return __pfn_t_to_phys(bv->bv_pfn) + bv->bv_offset;
}

/* The old way: only works while every vector has a struct page. */
static void tier_copy_out(struct bio_vec *bv, void *to)
{
	void *from = kmap_atomic(bvec_page(bv));

	memcpy(to, from + bv->bv_offset, bv->bv_len);
	kunmap_atomic(from);
}

/* The series' way: map the pfn, be ready for NULL, do not sleep in between. */
static int tier_copy_in(__pfn_t pfn, const void *from, size_t len)
{
	void *to = kmap_atomic_pfn_t(pfn);

	if (!to)
		return -EIO;
	memcpy(to, from, len);
	kunmap_atomic_pfn_t(to);
	return 0;
}

/* Write one cached page back to the slow disk without copying it first. */
static int tier_write_back(struct tier *tier, sector_t sector)
{
	struct bio *bio = bio_alloc(GFP_NOIO, 1);
	struct page *page = __pfn_t_to_page(tier->cache);

	bio->bi_bdev = tier->slow;
	bio->bi_iter.bi_sector = sector;

	if (page)
		bio_add_page(bio, page, PAGE_SIZE, 0);
	else if (!blk_queue_pfn(bdev_get_queue(tier->slow)))
		return -EOPNOTSUPP;	/* QUEUE_FLAG_PFN is not set */
	else if (!bio_add_pfn(bio, tier->cache, PAGE_SIZE, 0))
		return -EIO;

	submit_bio(WRITE, bio);
	return 0;
}

/* A driver that hands the pfn straight to its device. */
static dma_addr_t tier_map(struct tier *tier, struct scatterlist *sg)
{
	if (sg_phys(sg) >> PAGE_SHIFT == 0)
		return 0;
	return dma_map_pfn(tier->dma, tier->cache, 0, PAGE_SIZE, DMA_TO_DEVICE);
}

static int tier_probe(struct device *dev, struct resource *res, void *base)
{
	return devm_register_kmap_pfn_range(dev, res, base);
}

/* Converting a page-backed caller. */
static void tier_point_at(struct bio_vec *bv, struct page *page)
{
	bvec_set_page(bv, page);
	bv->bv_len = PAGE_SIZE;
	bv->bv_offset = 0;
}

/* A leftover the series would have caught: it reads the member directly. */
static bool tier_same_page(struct bio_vec *a, struct bio_vec *b)
{
	return a->bv_page == b->bv_page;
}

static __pfn_t tier_remember(struct page *page)
{
	return page_to_pfn_t(page);
}
