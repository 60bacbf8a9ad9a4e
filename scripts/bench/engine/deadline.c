/* The elevator: one-hit, hash of ends, and the deadline scheduler's two orders a direction. */
#include "peer.h"
#include <stdlib.h>

enum { BUCKETS = 64, FIFO_BATCH = 16, WRITES_STARVED = 2 };
static const uint64_t fifo_expire[2] = { 500000000ull, 5000000000ull };

struct deadline {
	struct request *last_merge, *hash[BUCKETS], *next[2];
	struct list sorted[2], fifo[2];
	uint32_t batching, starved;
};

struct deadline *deadline_new(void)
{
	struct deadline *dd = calloc(1, sizeof(*dd));
	for (int dir = 0; dir < 2; dir++) {
		list_init(&dd->sorted[dir]);
		list_init(&dd->fifo[dir]);
	}
	return dd;
}

static int dir_of(const struct request *rq) { return rq->cmd_flags & REQ_WRITE; }

static void hash_add(struct deadline *dd, struct request *rq)
{
	struct request **head = &dd->hash[rq_end(rq) % BUCKETS];
	rq->hash_next = *head;
	if (*head)
		(*head)->hash_pprev = &rq->hash_next;
	rq->hash_pprev = head;
	*head = rq;
}

static void hash_del(struct request *rq)
{
	if (!rq->hash_pprev)
		return;
	*rq->hash_pprev = rq->hash_next;
	if (rq->hash_next)
		rq->hash_next->hash_pprev = rq->hash_pprev;
	rq->hash_pprev = NULL;
}

static struct request *hash_find(struct deadline *dd, uint64_t end)
{
	for (struct request *rq = dd->hash[end % BUCKETS], *next; rq; rq = next) {
		next = rq->hash_next;
		if (rq_end(rq) != end)
			continue;
		if (!(rq->cmd_flags & REQ_NOMERGE_FLAGS))
			return rq;
		hash_del(rq);
	}
	return NULL;
}

int elv_merge(struct request_queue *q, struct bio *bio, struct request **found)
{
	struct deadline *dd = q->elevator;
	if (q->flags & QUEUE_NOMERGES)
		return NO_MERGE;
	if (dd->last_merge && blk_rq_merge_ok(dd->last_merge, bio)) {
		int how = blk_try_merge(dd->last_merge, bio);
		*found = dd->last_merge;
		if (how != NO_MERGE)
			return how;
	}
	if (q->flags & QUEUE_NOXMERGES)
		return NO_MERGE;
	*found = hash_find(dd, bio->bi_sector);
	if (*found && blk_rq_merge_ok(*found, bio))
		return BACK_MERGE;
	uint64_t end = bio->bi_sector + bio_sectors(bio);
	struct list *sorted = &dd->sorted[bio->bi_rw & REQ_WRITE];
	for (struct list *at = sorted->prev; at != sorted; at = at->prev) {
		struct request *rq = entry(at, struct request, sorted);
		if (rq->sector < end)
			break;
		*found = rq;
		if (rq->sector == end && blk_rq_merge_ok(rq, bio))
			return FRONT_MERGE;
	}
	return NO_MERGE;
}

static void sorted_add(struct deadline *dd, struct request *rq)
{
	struct list *sorted = &dd->sorted[dir_of(rq)], *at = sorted->prev;
	while (at != sorted && entry(at, struct request, sorted)->sector > rq->sector)
		at = at->prev;
	list_insert(&rq->sorted, at, at->next);
}

static struct request *latter(struct deadline *dd, struct request *rq)
{
	return rq->sorted.next == &dd->sorted[dir_of(rq)] ? NULL : entry(rq->sorted.next, struct request, sorted);
}

static void leave(struct deadline *dd, struct request *rq)
{
	int dir = dir_of(rq);
	if (dd->next[dir] == rq)
		dd->next[dir] = latter(dd, rq);
	list_del(&rq->sorted);
	list_del(&rq->fifo);
}

static void merged_requests(struct deadline *dd, struct request *rq, struct request *next)
{
	if (next->cmd_flags & REQ_SORTED) {
		if (next->fifo_time < rq->fifo_time) {
			list_del(&rq->fifo);
			list_insert(&rq->fifo, next->fifo.prev, &next->fifo);
			rq->fifo_time = next->fifo_time;
		}
		leave(dd, next);
		hash_del(next);
	}
	hash_del(rq);
	hash_add(dd, rq);
	dd->last_merge = rq;
}

/* A bio joined `rq`: does it now touch its neighbour? `gone`: the request that went into the other. */
bool elv_merged(struct request_queue *q, struct request *rq, bool back, struct request **gone)
{
	struct deadline *dd = q->elevator;
	struct list *sorted = &dd->sorted[dir_of(rq)], *near = back ? rq->sorted.next : rq->sorted.prev;
	if (near != sorted) {
		struct request *other = entry(near, struct request, sorted), *first = back ? rq : other;
		*gone = back ? other : rq;
		if (attempt_merge(first, *gone)) {
			merged_requests(dd, first, *gone);
			return true;
		}
	}
	if (back) {
		hash_del(rq);
		hash_add(dd, rq);
	} else {
		list_del(&rq->sorted);
		sorted_add(dd, rq);
	}
	dd->last_merge = rq;
	return false;
}

void elv_add(struct request_queue *q, struct request *rq)
{
	struct deadline *dd = q->elevator;
	rq->cmd_flags |= REQ_SORTED;
	if (!(rq->cmd_flags & REQ_NOMERGE_FLAGS)) {
		hash_add(dd, rq);
		if (!dd->last_merge)
			dd->last_merge = rq;
	}
	sorted_add(dd, rq);
	rq->fifo_time = now + fifo_expire[dir_of(rq)];
	list_add_tail(&rq->fifo, &dd->fifo[dir_of(rq)]);
}

/* True: `rq` is part of a queued request now. Only one step, as the requests of this benchmark never chain. */
bool elv_insert_merge(struct request_queue *q, struct request *rq)
{
	struct deadline *dd = q->elevator;
	if (q->flags & QUEUE_NOMERGES)
		return false;
	struct request *before = dd->last_merge;
	if (!before || !attempt_merge(before, rq)) {
		if (q->flags & QUEUE_NOXMERGES)
			return false;
		before = hash_find(dd, rq->sector);
		if (!before || !attempt_merge(before, rq))
			return false;
	}
	merged_requests(dd, before, rq);
	return true;
}

static struct request *choose(struct deadline *dd)
{
	int dir;
	if (!list_empty(&dd->fifo[0]) && !(!list_empty(&dd->fifo[1]) && dd->starved++ >= WRITES_STARVED))
		dir = 0;
	else if (!list_empty(&dd->fifo[1])) {
		dd->starved = 0;
		dir = 1;
	} else
		return NULL;
	struct request *oldest = entry(dd->fifo[dir].next, struct request, fifo);
	dd->batching = 0;
	return now >= oldest->fifo_time || !dd->next[dir] ? oldest : dd->next[dir];
}

bool elv_dispatch(struct request_queue *q)
{
	struct deadline *dd = q->elevator;
	struct request *rq = dd->next[1] ? dd->next[1] : dd->next[0];
	if (!rq || dd->batching >= FIFO_BATCH)
		rq = choose(dd);
	if (!rq)
		return false;
	dd->batching++;
	struct request *after = latter(dd, rq);
	int dir = dir_of(rq);
	leave(dd, rq);
	dd->next[0] = dd->next[1] = NULL;
	dd->next[dir] = after;
	if (dd->last_merge == rq)
		dd->last_merge = NULL;
	hash_del(rq);
	list_add_tail(&rq->queuelist, &q->queue_head);
	return true;
}
