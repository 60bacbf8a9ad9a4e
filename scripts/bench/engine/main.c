/*
 * peer PATH BIOS ROUNDS: the best round's nanoseconds a bio, and a checksum of the event log of the first round, which
 * the simulator's must equal. PATH: `mq`, a multi-queue disk that is done at once; `sq`, a SCSI disk under deadline.
 */
#define _POSIX_C_SOURCE 199309L
#include "peer.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGES = 8, BATCH = 16, CAPACITY = 1 << 20 };

struct event_log events = { .enabled = true };
uint64_t now, max_ram_pfn = 0x9ffff;
struct scatterlist sgl[BIO_MAX_PAGES];
static struct task task;
struct task *current = &task;

static uint64_t bytes_by_dma;

/* Where the bytes would move; they are not moved, as in the simulator's run without copying. */
static void transfer(struct request *rq)
{
	unsigned entries = blk_rq_map_sg(rq, sgl);
	for (unsigned i = 0; i < entries; i++)
		bytes_by_dma += sgl[i].length;
}

static void null_queue_rq(struct request_queue *q, struct request *rq)
{
	transfer(rq);
	q->end_rq(q, rq, 0);
}

struct sd { double turn; uint32_t tracks, track; double free; };

static double service_end(struct sd *sd, uint64_t sector, uint32_t sectors)
{
	double start = (now > sd->free ? now : sd->free) + 50000;
	uint32_t to = sector / 1024, distance = abs((int)to - (int)sd->track);
	double arrived = start + (distance ? 1000000 + 15000000 * sqrt((double)distance / sd->tracks) : 0);
	double angle = (sector % 1024) / 1024.0 * sd->turn;
	double wait = fmod(fmod(angle - fmod(arrived, sd->turn), sd->turn) + sd->turn, sd->turn);
	sd->track = to;
	return sd->free = floor(arrived + wait + sectors / 1024.0 * sd->turn + 0.5);
}

static void sd_done(void *argument)
{
	struct request *rq = argument;
	rq->q->end_rq(rq->q, rq, 0);
}

static void sd_queue_rq(struct request_queue *q, struct request *rq)
{
	transfer(rq);
	after(service_end(q->driver, rq->sector, rq->data_len >> 9) - now, sd_done, rq);
}

static void ended(struct bio *bio, int error)
{
	(void)error;
	bio_put(bio);
}

static void batch(struct block_device *bdev, uint64_t first, void (*flush)(struct plug *))
{
	struct plug plug;
	list_init(&plug.list);
	current->plug = &plug;
	for (uint64_t n = first; n < first + BATCH; n++) {
		struct bio *bio = bio_alloc(bdev, 0, n * 7919 % 4096 * 128, PAGES);
		for (int i = 0; i < PAGES; i++)
			if (!bio_add_page(bio, 0x80000 + ((n * 7 + i * 2) & 0xffff), PAGE_SIZE, 0))
				abort();
		bio->bi_end_io = ended;
		submit_bio(REQ_WRITE, bio);
	}
	flush(&plug);
	current->plug = NULL;
	while (loop_step());
}

static uint32_t checksum(void)
{
	uint32_t sum = 2166136261u, kept = events.count < KEEP ? events.count : KEEP;
	for (uint32_t n = 0, i = events.count < KEEP || events.at == KEEP ? 0 : events.at; n < kept; n++, i = (i + 1) % KEEP) {
		uint32_t fields[] = { (uint64_t)events.time[i], events.device[i], events.object[i],
				      (uint64_t)events.a[i], (uint64_t)events.b[i], events.c[i], events.d[i],
				      events.e[i], events.note[i], events.name[i] };
		for (unsigned f = 0; f < sizeof(fields) / sizeof(*fields); f++)
			sum = (sum ^ fields[f]) * 16777619u;
	}
	return sum;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	bool mq = !strcmp(argv[1], "mq");
	uint64_t bios = strtoull(argv[2], NULL, 10) / BATCH * BATCH;
	struct sd sd = { .turn = 60e9 / 7200, .tracks = CAPACITY / 1024 };
	struct request_queue q = {
		.limits = { .bounce_pfn = mq ? (1ull << 52) - 1 : 0xfffff, .seg_boundary_mask = 0xffffffff,
			    .max_hw_sectors = mq ? 255 : 256, .max_sectors = mq ? 255 : 256,
			    .max_segments = mq ? 128 : 168, .max_segment_size = 65536, .cluster = true,
			    .max_discard_sectors = mq ? 0 : 4194240 },
		.flags = mq ? QUEUE_NO_SG_MERGE : QUEUE_DISCARD,
		.flush_flags = mq ? 0 : REQ_FLUSH,
		.name = mq ? "nullb0" : "sda",
		.make_request_fn = mq ? blk_sq_make_request : blk_queue_bio,
		.queue_rq = mq ? null_queue_rq : sd_queue_rq,
		.end_rq = mq ? blk_mq_end_request : blk_end_request_all,
		.depth = mq ? 64 : 31, .nr_requests = mq ? 64 : 128, .elevator = deadline_new(), .driver = &sd,
	};
	list_init(&q.queue_head);
	struct block_device bdev = { .nr_sects = CAPACITY, .queue = &q, .whole = &bdev };
	double best = 1e18;
	uint32_t sum = 0;
	uint64_t counted = 0;
	for (int round = atoi(argv[3]); round > 0; round--) {
		struct timespec a, z;
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (uint64_t n = 0; n < bios; n += BATCH)
			batch(&bdev, n, mq ? blk_mq_flush_plug : flush_plugged_requests);
		clock_gettime(CLOCK_MONOTONIC, &z);
		double ns = ((z.tv_sec - a.tv_sec) * 1e9 + (z.tv_nsec - a.tv_nsec)) / bios;
		if (ns < best)
			best = ns;
		if (!counted) {
			sum = checksum();
			counted = events.count;
		}
	}
	printf("%.2f %llu %u %llu\n", best, (unsigned long long)counted, sum, (unsigned long long)bytes_by_dma);
	return 0;
}
