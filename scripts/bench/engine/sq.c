/* 4.1's single-queue path: plug, elevator, request, and the driver's turn. Flushes are not part of this benchmark. */
#include "peer.h"
#include <stdlib.h>

enum { BLK_MAX_REQUEST_COUNT = 16, BLK_BATCH_REQ = 32 };

static void free_sq_request(struct request_queue *q, struct request *rq)
{
	q->count[rq->sync]--;
	if (q->count[rq->sync] + 1 <= q->nr_requests)
		q->full[rq->sync] = false;
	free_request(rq);
}

static bool may_allocate(struct request_queue *q, int sync)
{
	if (q->count[sync] + 1 >= q->nr_requests) {
		if (!q->full[sync]) {
			q->full[sync] = true;
			q->batch = BLK_BATCH_REQ;
		} else if (!q->batch)
			return false;
	}
	return q->count[sync] < 3 * q->nr_requests / 2;
}

static struct request *get_request(struct request_queue *q, struct bio *bio)
{
	int sync = !(bio->bi_rw & REQ_WRITE) || (bio->bi_rw & REQ_SYNC);
	while (!may_allocate(q, sync)) {
		emit(SLEEPRQ, bio->bi_bdev->id, bio->serial, bio->bi_sector, 0, bio_sectors(bio), 0, bio->bi_rw,
		     "get_request");
		if (current->plug)
			flush_plugged_requests(current->plug);
		if (!loop_step())
			abort();
		q->batch = BLK_BATCH_REQ;
	}
	q->count[sync]++;
	if (q->batch)
		q->batch--;
	struct request *rq = alloc_request(q);
	rq->sync = sync;
	emit(GETRQ, bio->bi_bdev->id, bio->serial, bio->bi_sector, rq->serial, bio_sectors(bio), 0, bio->bi_rw, NULL);
	return rq;
}

static void add_request(struct request_queue *q, struct request *rq, bool from_plug)
{
	trace_request(RQ_INSERT, rq, 0);
	if (from_plug && elv_insert_merge(q, rq)) {
		free_sq_request(q, rq);
		return;
	}
	elv_add(q, rq);
}

static struct request *fetch_request(struct request_queue *q)
{
	while (list_empty(&q->queue_head))
		if (!elv_dispatch(q))
			return NULL;
	struct request *rq = entry(q->queue_head.next, struct request, queuelist);
	rq->cmd_flags |= REQ_STARTED;
	trace_request(RQ_ISSUE, rq, 0);
	list_del(&rq->queuelist);
	rq->cmd_flags &= ~REQ_SORTED;
	return rq;
}

static void run_queue(struct request_queue *q)
{
	if (q->running)
		return;
	q->running = true;
	while (q->in_flight < q->depth) {
		struct request *rq = fetch_request(q);
		if (!rq)
			break;
		q->in_flight++;
		q->queue_rq(q, rq);
	}
	q->running = false;
}

void blk_queue_bio(struct request_queue *q, struct bio *submitted)
{
	struct bio *bio = blk_queue_bounce(q, submitted);
	int plugged = 0;
	if (bio->bi_rw & (REQ_FLUSH | REQ_FUA))
		abort();
	if (!(q->flags & QUEUE_NOMERGES)) {
		plugged = blk_attempt_plug_merge(q, bio);
		if (plugged < 0)
			return;
	}
	struct request *found, *gone;
	int how = elv_merge(q, bio, &found);
	if (how != NO_MERGE && bio_attempt_merge(found, bio, how)) {
		if (elv_merged(q, found, how == BACK_MERGE, &gone))
			free_sq_request(q, gone);
		return;
	}
	struct request *rq = get_request(q, bio);
	init_request_from_bio(rq, bio);
	rq->cmd_flags |= REQ_ELVPRIV;
	struct plug *plug = current->plug;
	if (!plug) {
		add_request(q, rq, false);
		run_queue(q);
		return;
	}
	if (!plugged)
		emit(PLUG, q->id, NO_OBJECT, 0, 0, 0, 0, 0, NULL);
	else if (plugged >= BLK_MAX_REQUEST_COUNT) {
		flush_plugged_requests(plug);
		emit(PLUG, q->id, NO_OBJECT, 0, 0, 0, 0, 0, NULL);
	}
	list_add_tail(&rq->queuelist, &plug->list);
}

void flush_plugged_requests(struct plug *plug)
{
	struct list sorted;
	list_init(&sorted);
	plug_sort(plug, &sorted);
	while (!list_empty(&sorted)) {
		struct request_queue *q = entry(sorted.next, struct request, queuelist)->q;
		uint32_t depth = 0;
		while (!list_empty(&sorted)) {
			struct request *rq = entry(sorted.next, struct request, queuelist);
			if (rq->q != q)
				break;
			list_del(&rq->queuelist);
			add_request(q, rq, true);
			depth++;
		}
		emit(UNPLUG, q->id, NO_OBJECT, 0, 0, depth, 1, 0, NULL);
		run_queue(q);
	}
}

void blk_end_request_all(struct request_queue *q, struct request *rq, int error)
{
	q->in_flight--;
	if (rq->cmd_flags & REQ_FLUSH_SEQ)
		abort();
	blk_update_request(rq, error);
	free_sq_request(q, rq);
	run_queue(q);
}
