/* Bios: pools, the refusals of bio_add_page in their order, the checks of submission, completion. */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>

static const unsigned pool_size[] = { 1, 4, 16, 64, 128, 256 };
enum { POOLS = 6 };

union free_run { union free_run *next; struct bio_vec vec; };
static union free_run *free_runs[POOLS];
static struct bio *free_bios;
static uint32_t born;

static unsigned pool_of(unsigned count)
{
	unsigned pool = 0;
	while (pool_size[pool] < count)
		pool++;
	return pool;
}

static struct bio_vec *bvec_alloc(unsigned count)
{
	unsigned pool = pool_of(count);
	union free_run *run = free_runs[pool];
	if (!run)
		return calloc(pool_size[pool], sizeof(union free_run));
	free_runs[pool] = run->next;
	return &run->vec;
}

static void bvec_free(struct bio_vec *vec, unsigned count)
{
	union free_run *run = (union free_run *)vec;
	unsigned pool = pool_of(count);
	run->next = free_runs[pool];
	free_runs[pool] = run;
}

struct bio *bio_alloc(struct block_device *bdev, uint32_t rw, uint64_t sector, unsigned max_vecs)
{
	struct bio *bio = free_bios;
	if (bio)
		free_bios = bio->bi_next;
	else
		bio = malloc(sizeof(*bio));
	*bio = (struct bio){ .bi_bdev = bdev, .bi_rw = rw, .bi_flags = BIO_UPTODATE, .bi_sector = sector,
			     .bi_max_vecs = max_vecs, .bi_remaining = 1, .serial = born++ };
	if (max_vecs)
		bio->bi_io_vec = bvec_alloc(max_vecs);
	return bio;
}

void bio_put(struct bio *bio)
{
	if (bio->bi_max_vecs)
		bvec_free(bio->bi_io_vec, bio->bi_max_vecs);
	bio->bi_next = free_bios;
	free_bios = bio;
}

void bio_endio(struct bio *bio, int error)
{
	if (bio->bi_remaining <= 0)
		abort();
	if (error)
		bio->bi_flags &= ~BIO_UPTODATE;
	else if (!(bio->bi_flags & BIO_UPTODATE))
		error = -5;
	if (--bio->bi_remaining > 0)
		return;
	bio->bi_error = error;
	emit(BIO_ENDIO, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, bio->bi_size, error, bio->bi_rw, NULL);
	if (bio->bi_flags & BIO_TRACE_COMPLETION)
		emit(BIO_COMPLETE, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, bio_sectors(bio), error,
		     bio->bi_rw, NULL);
	if (bio->bi_end_io)
		bio->bi_end_io(bio, error);
}

void bio_advance(struct bio *bio, uint32_t bytes)
{
	bio->bi_sector += bytes >> 9;
	bio->bi_size -= bytes;
	if (bio->bi_rw & (REQ_DISCARD | REQ_WRITE_SAME))
		return;
	bio->bi_bvec_done += bytes;
	while (bytes && bio->bi_bvec_done >= bio->bi_io_vec[bio->bi_idx].len) {
		bio->bi_bvec_done -= bio->bi_io_vec[bio->bi_idx++].len;
		if (!bio->bi_bvec_done)
			break;
	}
}

static char refusal[160];

const char *refuse(const char *where, uint64_t value, const char *unit, const char *limit_name, uint64_t limit)
{
	snprintf(refusal, sizeof(refusal), "%s: %llu %s > %s %llu", where, (unsigned long long)value, unit, limit_name,
		 (unsigned long long)limit);
	return refusal;
}

static bool boundary_ok(uint64_t start, uint64_t end, uint64_t mask) { return (start | mask) == ((end - 1) | mask); }

/* The segments of one bio, as 4.1 estimates them. */
void blk_recount_segments(struct request_queue *q, struct bio *bio)
{
	if ((q->flags & QUEUE_NO_SG_MERGE) && bio->bi_vcnt < q->limits.max_segments) {
		bio->bi_phys_segments = bio->bi_vcnt;
		bio->bi_flags |= BIO_SEG_VALID;
		return;
	}
	uint32_t segments = 0, size = 0, left = bio->bi_size, done = bio->bi_bvec_done;
	uint64_t start = 0, end = 0;
	bool previous_high = true;
	for (struct bio_vec *bv = bio->bi_io_vec + bio->bi_idx; left; bv++, done = 0) {
		uint32_t len = bv->len - done < left ? bv->len - done : left;
		uint64_t at = bvec_phys(bv) + done;
		bool high = bv->pfn > q->limits.bounce_pfn;
		if (!high && !previous_high && q->limits.cluster && end == at &&
		    size + len <= q->limits.max_segment_size &&
		    boundary_ok(start, at + len, q->limits.seg_boundary_mask))
			size += len;
		else {
			if (segments == 1 && size > bio->bi_seg_front_size)
				bio->bi_seg_front_size = size;
			segments++;
			size = len;
			previous_high = high;
		}
		start = at;
		end = at + len;
		left -= len;
	}
	if (segments == 1 && size > bio->bi_seg_front_size)
		bio->bi_seg_front_size = size;
	if (size > bio->bi_seg_back_size)
		bio->bi_seg_back_size = size;
	bio->bi_phys_segments = segments;
	bio->bi_flags |= BIO_SEG_VALID;
}

static uint32_t merge_bvec(struct request_queue *q, struct bio *bio, uint32_t size, uint32_t len)
{
	if (!q->merge_bvec_fn)
		return len;
	struct bvec_merge_data bvm = { bio->bi_bdev, bio->bi_sector, size, bio->bi_rw };
	return q->merge_bvec_fn(q, &bvm, len);
}

static uint32_t __bio_add_page(struct request_queue *q, struct bio *bio, uint64_t pfn, uint32_t len, uint32_t offset,
			       uint32_t max_sectors, const char **why)
{
	static const char me[] = "bio_add_page";
	if (bio->bi_flags & BIO_CLONED) {
		*why = refuse(me, 1, "flag", "BIO_CLONED", 0);
		return 0;
	}
	uint32_t sectors = (bio->bi_size + len) >> 9;
	if (sectors > max_sectors) {
		*why = refuse(me, sectors, "sectors", "max_sectors", max_sectors);
		return 0;
	}
	struct bio_vec *bv = bio->bi_io_vec + bio->bi_vcnt;
	if (bio->bi_vcnt) {
		struct bio_vec *prev = bv - 1;
		uint32_t end = prev->offset + prev->len;
		if (prev->pfn == pfn && !prev->dev && end == offset) {
			uint32_t takes = merge_bvec(q, bio, bio->bi_size - prev->len, prev->len + len);
			if (takes < prev->len + len) {
				*why = refuse(me, prev->len + len, "bytes", "merge_bvec_fn", takes);
				return 0;
			}
			prev->len += len;
			bio->bi_size += len;
			return len;
		}
		if ((q->flags & QUEUE_SG_GAPS) && (offset || end % PAGE_SIZE)) {
			*why = refuse(me, offset ? offset : PAGE_SIZE - end % PAGE_SIZE, "bytes", "QUEUE_FLAG_SG_GAPS", 0);
			return 0;
		}
	}
	if (bio->bi_vcnt >= bio->bi_max_vecs) {
		*why = refuse(me, bio->bi_vcnt + 1, "vectors", "bi_max_vecs", bio->bi_max_vecs);
		return 0;
	}
	*bv = (struct bio_vec){ pfn, len, offset, false };
	bio->bi_vcnt++;
	bio->bi_size += len;
	bio->bi_phys_segments++;
	uint32_t takes = len;
	if (bio->bi_phys_segments > q->limits.max_segments)
		blk_recount_segments(q, bio);
	if (bio->bi_phys_segments > q->limits.max_segments)
		*why = refuse(me, bio->bi_phys_segments, "segments", "max_segments", q->limits.max_segments);
	else if ((takes = merge_bvec(q, bio, bio->bi_size - len, len)) < len)
		*why = refuse(me, len, "bytes", "merge_bvec_fn", takes);
	else {
		if (bio->bi_vcnt > 1 && bvec_phys(bv - 1) + bv[-1].len == bvec_phys(bv))
			bio->bi_flags &= ~BIO_SEG_VALID;
		return len;
	}
	bio->bi_vcnt--;
	bio->bi_size -= len;
	blk_recount_segments(q, bio);
	return 0;
}

uint32_t bio_add_page(struct bio *bio, uint64_t pfn, uint32_t len, uint32_t offset)
{
	struct request_queue *q = bio->bi_bdev->queue;
	uint32_t max_sectors = blk_max_size_offset(q, bio->bi_sector);
	const char *why = NULL;
	if (!bio->bi_size && max_sectors < len >> 9)
		max_sectors = len >> 9;
	uint32_t added = __bio_add_page(q, bio, pfn, len, offset, max_sectors, &why);
	emit(BIO_ADD_PAGE, bio->bi_bdev->id, bio->serial, pfn, offset, len, added, 0, why);
	return added;
}

static bool bio_check_eod(struct bio *bio, uint32_t sectors)
{
	uint64_t limit = bio->bi_bdev->nr_sects;
	if (!sectors || !limit || (limit >= sectors && limit - sectors >= bio->bi_sector))
		return false;
	bio->bi_flags |= BIO_EOF;
	emit(PRINTK, bio->bi_bdev->id, bio->serial, 0, 0, 0, 0, 0, "attempt to access beyond end of device");
	emit(PRINTK, bio->bi_bdev->id, bio->serial, 0, 0, 0, 0, 0,
	     refuse("bio_check_eod", bio->bi_sector + sectors, "end sector", "capacity", limit));
	return true;
}

static bool fail(struct bio *bio, int error, const char *why)
{
	emit(MAKE_REQUEST_CHECKS, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, 0, error, 0, why);
	bio_endio(bio, error);
	return false;
}

static bool generic_make_request_checks(struct bio *bio)
{
	static const char me[] = "generic_make_request_checks";
	uint32_t sectors = bio_sectors(bio);
	struct block_device *bdev = bio->bi_bdev;
	struct request_queue *q = bdev->queue;
	if (bio_check_eod(bio, sectors))
		return fail(bio, -5, "bio_check_eod");
	if (sectors > q->limits.max_hw_sectors && !(bio->bi_rw & (REQ_DISCARD | REQ_WRITE_SAME)))
		return fail(bio, -5, refuse(me, sectors, "sectors", "max_hw_sectors", q->limits.max_hw_sectors));
	if (bdev != bdev->whole) {
		if (sectors) {
			bio->bi_sector += bdev->start_sect;
			bio->bi_bdev = bdev->whole;
		}
		if (bio_check_eod(bio, sectors))
			return fail(bio, -5, "bio_check_eod");
	}
	if ((bio->bi_rw & (REQ_FLUSH | REQ_FUA)) && !q->flush_flags) {
		bio->bi_rw &= ~(REQ_FLUSH | REQ_FUA);
		if (!sectors) {
			bio_endio(bio, 0);
			return false;
		}
	}
	if ((bio->bi_rw & REQ_DISCARD) && !(q->flags & QUEUE_DISCARD))
		return fail(bio, -95, "REQ_DISCARD");
	if ((bio->bi_rw & REQ_WRITE_SAME) && !q->limits.max_write_same_sectors)
		return fail(bio, -95, "REQ_WRITE_SAME");
	if ((bio->bi_flags & BIO_PFN) && !(q->flags & QUEUE_PFN))
		return fail(bio, -95, "BIO_PFN");
	emit(BIO_QUEUE, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, sectors, 0, bio->bi_rw, NULL);
	return true;
}

static void generic_make_request(struct bio *bio)
{
	if (!generic_make_request_checks(bio))
		return;
	if (current->bio_list) {
		struct bio_list *list = current->bio_list;
		bio->bi_next = NULL;
		if (list->tail)
			list->tail->bi_next = bio;
		else
			list->head = bio;
		list->tail = bio;
		return;
	}
	struct bio_list list = { NULL, NULL };
	current->bio_list = &list;
	do {
		struct request_queue *q = bio->bi_bdev->queue;
		q->make_request_fn(q, bio);
		bio = list.head;
		if (bio) {
			list.head = bio->bi_next;
			if (!list.head)
				list.tail = NULL;
			bio->bi_next = NULL;
		}
	} while (bio);
	current->bio_list = NULL;
}

void submit_bio(uint32_t rw, struct bio *bio)
{
	bio->bi_rw |= rw;
	emit(SUBMIT_BIO, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, bio->bi_size, bio->bi_rw & REQ_WRITE,
	     bio->bi_rw, NULL);
	generic_make_request(bio);
}
