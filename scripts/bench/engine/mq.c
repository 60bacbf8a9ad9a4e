/* 4.1's multi-queue path of a disk with one hardware queue. Flushes are not part of this benchmark. */
#include "peer.h"
#include <stdlib.h>

enum { BLK_MAX_REQUEST_COUNT = 16, CHECKED = 8 };

static void run_hw_queue(struct request_queue *q)
{
	if (q->running)
		return;
	q->running = true;
	while (!list_empty(&q->queue_head) && q->in_flight < q->depth) {
		struct request *rq = entry(q->queue_head.next, struct request, queuelist);
		list_del(&rq->queuelist);
		trace_request(RQ_ISSUE, rq, 0);
		q->in_flight++;
		q->queue_rq(q, rq);
	}
	q->running = false;
}

static void run_hw_queue_worker(void *argument)
{
	struct request_queue *q = argument;
	q->run_pending = false;
	run_hw_queue(q);
}

static struct request *map_request(struct request_queue *q, struct bio *bio)
{
	struct request *rq = alloc_request(q);
	emit(GETRQ, bio->bi_bdev->id, bio->serial, bio->bi_sector, rq->serial, bio_sectors(bio), 0, bio->bi_rw, NULL);
	/* A task that found no tag would sleep here; the batches of this benchmark always find one. */
	if (q->count[0] >= q->nr_requests)
		abort();
	q->count[0]++;
	return rq;
}

static void insert(struct request_queue *q, struct request *rq)
{
	trace_request(RQ_INSERT, rq, 0);
	list_add_tail(&rq->queuelist, &q->queue_head);
}

static bool attempt_bio_merge(struct request_queue *q, struct bio *bio)
{
	int checked = CHECKED;
	for (struct list *at = q->queue_head.prev; at != &q->queue_head && checked--; at = at->prev) {
		struct request *rq = entry(at, struct request, queuelist);
		if (!blk_rq_merge_ok(rq, bio))
			continue;
		int how = blk_try_merge(rq, bio);
		if (how != NO_MERGE)
			return bio_attempt_merge(rq, bio, how);
	}
	return false;
}

void blk_sq_make_request(struct request_queue *q, struct bio *submitted)
{
	struct bio *bio = blk_queue_bounce(q, submitted);
	bool sync = !(bio->bi_rw & REQ_WRITE) || (bio->bi_rw & REQ_SYNC);
	struct plug *plug = sync ? NULL : current->plug;
	int plugged = 0;
	if (bio->bi_rw & (REQ_FLUSH | REQ_FUA))
		abort();
	if (plug && !(q->flags & QUEUE_NOMERGES)) {
		plugged = blk_attempt_plug_merge(q, bio);
		if (plugged < 0)
			return;
	}
	struct request *rq = map_request(q, bio);
	if (plug) {
		init_request_from_bio(rq, bio);
		if (list_empty(&plug->list))
			emit(PLUG, q->id, NO_OBJECT, 0, 0, 0, 0, 0, NULL);
		else if (plugged >= BLK_MAX_REQUEST_COUNT) {
			blk_mq_flush_plug(plug);
			emit(PLUG, q->id, NO_OBJECT, 0, 0, 0, 0, 0, NULL);
		}
		list_add_tail(&rq->queuelist, &plug->list);
		return;
	}
	if (!(q->flags & QUEUE_NOMERGES) && attempt_bio_merge(q, bio)) {
		q->count[0]--;
		free_request(rq);
		return;
	}
	init_request_from_bio(rq, bio);
	if (sync)
		rq->cmd_flags |= REQ_SYNC;
	insert(q, rq);
	run_hw_queue(q);
}

void blk_mq_flush_plug(struct plug *plug)
{
	struct list sorted;
	list_init(&sorted);
	plug_sort(plug, &sorted);
	while (!list_empty(&sorted)) {
		struct request_queue *q = entry(sorted.next, struct request, queuelist)->q;
		uint32_t depth = 0;
		for (struct list *at = sorted.next; at != &sorted && entry(at, struct request, queuelist)->q == q; at = at->next)
			depth++;
		emit(UNPLUG, q->id, NO_OBJECT, 0, 0, depth, 1, 0, NULL);
		while (depth--) {
			struct request *rq = entry(sorted.next, struct request, queuelist);
			list_del(&rq->queuelist);
			insert(q, rq);
		}
		run_hw_queue(q);
	}
}

void blk_mq_end_request(struct request_queue *q, struct request *rq, int error)
{
	q->in_flight--;
	if (rq->cmd_flags & REQ_FLUSH_SEQ)
		abort();
	blk_update_request(rq, error);
	q->count[0]--;
	free_request(rq);
	if (!list_empty(&q->queue_head) && !q->run_pending) {
		q->run_pending = true;
		soon(run_hw_queue_worker, q);
	}
}
