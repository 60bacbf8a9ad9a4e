/*
 * Bioscope sample: a made-up driver from before the series, for the light bulb and the lines above its operations.
 * Run "Bioscope: Convert to pfn Helpers…" on it: every change is shown before it is made.
 */
#include <linux/blkdev.h>
#include <linux/blk-mq.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>

struct old_disk {
	struct device *dma;
	void *window;
	struct mutex lock;
};

static dma_addr_t old_map_page(struct device *dev, struct page *page,
			       unsigned long offset, size_t size)
{
	return page_to_phys(page) + offset;
}

static int old_map_sg(struct device *dev, struct scatterlist *sgl, int nents)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		sg->dma_address = page_to_phys(sg_page(sg)) + sg->offset;
	return nents;
}

static struct dma_map_ops old_dma_ops = {
	.map_page = old_map_page,
	.map_sg = old_map_sg,
};

/* Copies one vector into the window of the device. */
static void old_copy(struct old_disk *disk, struct bio_vec *bv)
{
	void *from = kmap_atomic(bv->bv_page);

	mutex_lock(&disk->lock);
	memcpy(disk->window, from + bv->bv_offset, bv->bv_len);
	mutex_unlock(&disk->lock);
	kunmap_atomic(from);
}

/* Remembers where a vector was; nothing tells whether it still is there. */
static void *old_where(struct bio_vec *bv)
{
	return page_address(bv->bv_page) + bv->bv_offset;
}

static void old_point_at(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len = sizeof(bv->bv_page);
	bv->bv_offset = 0;
}

static int old_queue_rq(struct blk_mq_hw_ctx *hctx, struct request *rq)
{
	struct old_disk *disk = rq->q->queuedata;
	struct req_iterator iter;
	struct bio_vec bv;

	rq_for_each_segment(bv, rq, iter)
		old_copy(disk, &bv);
	blk_mq_end_request(rq, 0);
	return BLK_MQ_RQ_QUEUE_OK;
}

static struct blk_mq_ops old_mq_ops = {
	.queue_rq = old_queue_rq,
};
