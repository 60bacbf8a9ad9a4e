/* Requests: made of a bio, merged, mapped, ended. */
#include "peer.h"
#include <stdlib.h>

static struct list free_requests = { &free_requests, &free_requests };
static uint32_t born;

struct request *alloc_request(struct request_queue *q)
{
	struct request *rq;
	if (list_empty(&free_requests))
		rq = malloc(sizeof(*rq));
	else {
		rq = entry(free_requests.next, struct request, queuelist);
		list_del(&rq->queuelist);
	}
	*rq = (struct request){ .q = q, .sector = -1, .serial = born++, .start_time = now };
	list_init(&rq->queuelist);
	list_init(&rq->sorted);
	list_init(&rq->fifo);
	return rq;
}

void free_request(struct request *rq)
{
	list_insert(&rq->queuelist, &free_requests, free_requests.next);
}

void trace_request(enum event name, struct request *rq, int error)
{
	emit(name, rq->q->id, rq->bio ? rq->bio->serial : (uint32_t)NO_OBJECT, rq->sector, rq->serial, rq->data_len >> 9,
	     error, rq->cmd_flags, NULL);
}

static void recount_unless_valid(struct request_queue *q, struct bio *bio)
{
	if (!(bio->bi_flags & BIO_SEG_VALID))
		blk_recount_segments(q, bio);
}

void init_request_from_bio(struct request *rq, struct bio *bio)
{
	rq->cmd_flags |= bio->bi_rw & REQ_COMMON_MASK;
	if (bio->bi_rw & REQ_RAHEAD)
		rq->cmd_flags |= REQ_FAILFAST_MASK;
	rq->sector = bio->bi_sector;
	if (bio_has_data(bio)) {
		recount_unless_valid(rq->q, bio);
		rq->nr_phys_segments = bio->bi_phys_segments;
	} else
		rq->nr_phys_segments = 0;
	rq->data_len = bio->bi_size;
	rq->bio = rq->biotail = bio;
}

/* A limit below 4 GiB bounces what lies above it, where there is RAM above it; this peer has no such machine. */
struct bio *blk_queue_bounce(struct request_queue *q, struct bio *bio)
{
	if (q->limits.bounce_pfn == (1ull << 52) - 1 || !bio_has_data(bio))
		return bio;
	if (q->limits.bounce_pfn < 0xfffff || q->limits.bounce_pfn < max_ram_pfn)
		abort();
	return bio;
}

static uint32_t gap_between(struct bio *bio, struct bio *next)
{
	struct bio_vec *last = &bio->bi_io_vec[bio->bi_vcnt - 1];
	uint32_t end = last->offset + last->len, offset = next->bi_io_vec->offset;
	if (!offset && !(end % PAGE_SIZE))
		return 0;
	return offset ? offset : PAGE_SIZE - end % PAGE_SIZE;
}

static bool no(struct request *rq, struct bio *bio, const char *why)
{
	emit(MERGE_OK, rq->q->id, bio->serial, bio->bi_sector, rq->serial, bio_sectors(bio), 0, bio->bi_rw, why);
	return false;
}

bool blk_rq_merge_ok(struct request *rq, struct bio *bio)
{
	enum { SAME = REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME | REQ_WRITE };
	if ((rq->cmd_flags | bio->bi_rw) & REQ_NOMERGE_FLAGS)
		return false;
	if ((rq->cmd_flags ^ bio->bi_rw) & SAME)
		return false;
	if (rq->q != bio->bi_bdev->queue)
		return false;
	if ((rq->cmd_flags & REQ_WRITE_SAME) && bvec_phys(rq->bio->bi_io_vec) != bvec_phys(bio->bi_io_vec))
		return false;
	if (!(rq->q->flags & QUEUE_SG_GAPS))
		return true;
	uint32_t gap = gap_between(rq->biotail, bio);
	if (!gap)
		return true;
	if (blk_try_merge(rq, bio) != NO_MERGE)
		no(rq, bio, refuse("blk_rq_merge_ok", gap, "bytes", "QUEUE_FLAG_SG_GAPS", 0));
	return false;
}

int blk_try_merge(struct request *rq, struct bio *bio)
{
	if (rq_end(rq) == bio->bi_sector)
		return BACK_MERGE;
	return rq->sector - bio_sectors(bio) == bio->bi_sector ? FRONT_MERGE : NO_MERGE;
}

static bool fits_sectors(struct request *rq, struct bio *bio, uint32_t more, const char *where)
{
	uint32_t max = rq->cmd_flags & REQ_DISCARD ? rq->q->limits.max_discard_sectors : rq->q->limits.max_sectors;
	if (rq->q->limits.chunk_sectors && blk_max_size_offset(rq->q, rq->sector) < max)
		max = blk_max_size_offset(rq->q, rq->sector);
	uint32_t sectors = (rq->data_len >> 9) + more;
	return sectors <= max || no(rq, bio, refuse(where, sectors, "sectors", "max_sectors", max));
}

bool bio_attempt_merge(struct request *rq, struct bio *bio, int how)
{
	if (!fits_sectors(rq, bio, bio_sectors(bio), "ll_merge_fn")) {
		rq->cmd_flags |= REQ_NOMERGE;
		return false;
	}
	recount_unless_valid(rq->q, how == BACK_MERGE ? rq->biotail : bio);
	recount_unless_valid(rq->q, how == BACK_MERGE ? bio : rq->bio);
	uint32_t segments = rq->nr_phys_segments + bio->bi_phys_segments;
	if (segments > rq->q->limits.max_segments) {
		rq->cmd_flags |= REQ_NOMERGE;
		return no(rq, bio, refuse("ll_new_hw_segment", segments, "segments", "max_segments",
					  rq->q->limits.max_segments));
	}
	rq->nr_phys_segments = segments;
	emit(how == BACK_MERGE ? BACKMERGE : FRONTMERGE, bio->bi_bdev->id, bio->serial, bio->bi_sector, rq->serial,
	     bio_sectors(bio), 0, bio->bi_rw, NULL);
	if (how == BACK_MERGE) {
		rq->biotail->bi_next = bio;
		rq->biotail = bio;
	} else {
		bio->bi_next = rq->bio;
		rq->bio = bio;
		rq->sector = bio->bi_sector;
	}
	rq->data_len += bio->bi_size;
	return true;
}

bool attempt_merge(struct request *rq, struct request *next)
{
	enum { SAME = REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME | REQ_WRITE };
	if ((rq->cmd_flags | next->cmd_flags) & REQ_NOMERGE_FLAGS)
		return false;
	if ((rq->cmd_flags ^ next->cmd_flags) & SAME)
		return false;
	if (rq_end(rq) != next->sector || rq->q != next->q)
		return false;
	if (!fits_sectors(rq, next->bio, next->data_len >> 9, "ll_merge_requests_fn"))
		return false;
	uint32_t segments = rq->nr_phys_segments + next->nr_phys_segments;
	if (segments > rq->q->limits.max_segments)
		return no(rq, next->bio, refuse("ll_merge_requests_fn", segments, "segments", "max_segments",
						rq->q->limits.max_segments));
	rq->nr_phys_segments = segments;
	rq->biotail->bi_next = next->bio;
	rq->biotail = next->biotail;
	rq->data_len += next->data_len;
	return true;
}

/* How many requests of this queue the plug has, or -1 when the bio joined one. */
int blk_attempt_plug_merge(struct request_queue *q, struct bio *bio)
{
	int count = 0;
	if (!current->plug)
		return 0;
	for (struct list *at = current->plug->list.prev; at != &current->plug->list; at = at->prev) {
		struct request *rq = entry(at, struct request, queuelist);
		if (rq->q != q)
			continue;
		count++;
		if (!blk_rq_merge_ok(rq, bio))
			continue;
		int how = blk_try_merge(rq, bio);
		if (how != NO_MERGE && bio_attempt_merge(rq, bio, how))
			return -1;
	}
	return count;
}

/* By queue, then by sector. A plug holds sixteen requests of a queue: insertion is the fastest sort there. */
void plug_sort(struct plug *plug, struct list *sorted)
{
	while (!list_empty(&plug->list)) {
		struct request *rq = entry(plug->list.next, struct request, queuelist);
		list_del(&rq->queuelist);
		struct list *at = sorted->prev;
		for (; at != sorted; at = at->prev) {
			struct request *before = entry(at, struct request, queuelist);
			if (before->q->id < rq->q->id || (before->q == rq->q && before->sector <= rq->sector))
				break;
		}
		list_insert(&rq->queuelist, at, at->next);
	}
}

unsigned blk_rq_map_sg(struct request *rq, struct scatterlist *sg)
{
	const struct queue_limits *limits = &rq->q->limits;
	struct scatterlist *last = NULL;
	uint64_t start = 0, end = 0;
	unsigned nents = 0;
	for (struct bio *bio = rq->bio; bio; bio = bio->bi_next) {
		struct bio_vec *bv = bio->bi_io_vec + bio->bi_idx;
		uint32_t done = bio->bi_bvec_done;
		for (uint32_t left = bio->bi_size; left; bv++, done = 0) {
			uint32_t len = bv->len - done < left ? bv->len - done : left;
			uint64_t at = bvec_phys(bv) + done, mask = limits->seg_boundary_mask;
			if (last && end == at && limits->cluster && last->length + len <= limits->max_segment_size &&
			    (start | mask) == ((at + len - 1) | mask))
				last->length += len;
			else {
				last = &sg[nents++];
				*last = (struct scatterlist){ at, len, bv->dev };
			}
			start = at;
			end = at + len;
			left -= len;
		}
	}
	uint32_t object = rq->bio ? rq->bio->serial : (uint32_t)NO_OBJECT;
	emit(MAP_SG, rq->q->id, object, rq->sector, rq->serial, nents, rq->nr_phys_segments, rq->cmd_flags, NULL);
	for (unsigned i = 0; i < nents; i++)
		emit(SG_SET_PAGE, rq->q->id, object, sg[i].phys, rq->serial, sg[i].length, i, 0, NULL);
	return nents;
}

void blk_update_request(struct request *rq, int error)
{
	trace_request(RQ_COMPLETE, rq, error);
	while (rq->bio) {
		struct bio *bio = rq->bio;
		rq->bio = bio->bi_next;
		bio_advance(bio, bio->bi_size);
		bio->bi_flags &= ~BIO_TRACE_COMPLETION;
		if (!(rq->cmd_flags & REQ_FLUSH_SEQ)) {
			bio->bi_next = NULL;
			bio_endio(bio, error);
		}
	}
	rq->data_len = 0;
}
