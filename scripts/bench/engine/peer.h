/*
 * The peer of the engine benchmark: the path of a bio through 4.1's block layer with the simulator's event log, in C and
 * ours. The same steps in the same order, on structs and lists, as a kernel programmer would write them.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE_SIZE = 4096, BIO_MAX_PAGES = 256, KEEP = 1 << 20, NO_OBJECT = -1 };

enum { REQ_WRITE = 1 << 0, REQ_SYNC = 1 << 4, REQ_DISCARD = 1 << 7, REQ_SECURE = 1 << 8, REQ_WRITE_SAME = 1 << 9,
       REQ_FUA = 1 << 12, REQ_FLUSH = 1 << 13, REQ_RAHEAD = 1 << 14, REQ_SORTED = 1 << 16,
       REQ_SOFTBARRIER = 1 << 17, REQ_NOMERGE = 1 << 18, REQ_STARTED = 1 << 19, REQ_ELVPRIV = 1 << 22,
       REQ_FLUSH_SEQ = 1 << 28, REQ_MIXED_MERGE = 1 << 30, REQ_FAILFAST_MASK = 0xe, REQ_COMMON_MASK = 0x3fff };
enum { REQ_NOMERGE_FLAGS = REQ_NOMERGE | REQ_STARTED | REQ_SOFTBARRIER | REQ_FLUSH | REQ_FUA | REQ_FLUSH_SEQ };
enum { BIO_UPTODATE = 1 << 0, BIO_EOF = 1 << 2, BIO_SEG_VALID = 1 << 3, BIO_CLONED = 1 << 4, BIO_PFN = 1 << 11,
       BIO_TRACE_COMPLETION = 1 << 20 };
enum { QUEUE_NOMERGES = 1 << 8, QUEUE_DISCARD = 1 << 14, QUEUE_NOXMERGES = 1 << 15, QUEUE_NO_SG_MERGE = 1 << 21,
       QUEUE_SG_GAPS = 1 << 22, QUEUE_PFN = 1 << 23 };

/* What the log names: the order is that of PATH in engine.ts. */
enum event { BIO_ADD_PAGE, SUBMIT_BIO, MAKE_REQUEST_CHECKS, BIO_QUEUE, BIO_COMPLETE, BACKMERGE, FRONTMERGE, GETRQ,
	     SLEEPRQ, PLUG, UNPLUG, RQ_INSERT, RQ_ISSUE, RQ_COMPLETE, MERGE_OK, MAP_SG, SG_SET_PAGE, PRINTK, BIO_ENDIO };

/* 46 bytes an event, a column a field; the last KEEP events stay. */
struct event_log {
	bool enabled;
	uint64_t count;
	uint32_t at;
	double time[KEEP], a[KEEP], b[KEEP];
	uint32_t object[KEEP], c[KEEP], e[KEEP];
	int32_t d[KEEP];
	uint16_t name[KEEP], note[KEEP];
	int16_t device[KEEP];
};
extern struct event_log events;
extern uint64_t now;

static inline void emit(enum event name, int device, uint32_t object, double a, double b, uint32_t c, int32_t d,
			uint32_t e, const char *note)
{
	uint64_t time = ++now;
	if (!events.enabled)
		return;
	if (events.at == KEEP)
		events.at = 0;
	uint32_t i = events.at++;
	events.count++;
	events.time[i] = time;
	events.name[i] = name;
	events.device[i] = device;
	events.object[i] = object;
	events.a[i] = a;
	events.b[i] = b;
	events.c[i] = c;
	events.d[i] = d;
	events.e[i] = e;
	events.note[i] = note ? 1 : 0;
}

struct bio_vec { uint64_t pfn; uint32_t len, offset; bool dev; };

struct bio;
struct request;
struct request_queue;
typedef void bio_end_io_t(struct bio *, int error);

struct bio {
	struct bio *bi_next;
	struct block_device *bi_bdev;
	uint32_t bi_rw, bi_flags;
	uint64_t bi_sector;
	uint32_t bi_size, bi_idx, bi_bvec_done;
	uint16_t bi_vcnt, bi_max_vecs;
	uint32_t bi_phys_segments, bi_seg_front_size, bi_seg_back_size;
	int bi_remaining, bi_error;
	struct bio_vec *bi_io_vec;
	bio_end_io_t *bi_end_io;
	void *bi_private;
	uint32_t serial;
};

struct list { struct list *next, *prev; };

static inline void list_init(struct list *l) { l->next = l->prev = l; }
static inline bool list_empty(const struct list *l) { return l->next == l; }
static inline void list_insert(struct list *n, struct list *prev, struct list *next)
{
	next->prev = n; n->next = next; n->prev = prev; prev->next = n;
}
static inline void list_add_tail(struct list *n, struct list *head) { list_insert(n, head->prev, head); }
static inline void list_del(struct list *n) { n->next->prev = n->prev; n->prev->next = n->next; list_init(n); }
#define entry(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

struct request {
	struct list queuelist, sorted, fifo;
	struct request *hash_next, **hash_pprev;
	struct request_queue *q;
	struct bio *bio, *biotail;
	uint64_t sector;
	uint32_t data_len, cmd_flags, nr_phys_segments, serial;
	uint64_t start_time, fifo_time;
	int sync;
};

struct queue_limits {
	uint64_t bounce_pfn, seg_boundary_mask;
	uint32_t max_hw_sectors, max_sectors, chunk_sectors, max_segments, max_segment_size, max_discard_sectors,
		 max_write_same_sectors;
	bool cluster;
};

struct bvec_merge_data { struct block_device *bdev; uint64_t sector; uint32_t size, rw; };

struct request_queue {
	struct queue_limits limits;
	uint32_t flags, flush_flags;
	int id;
	const char *name;
	void (*make_request_fn)(struct request_queue *, struct bio *);
	uint32_t (*merge_bvec_fn)(struct request_queue *, struct bvec_merge_data *, uint32_t len);
	void (*queue_rq)(struct request_queue *, struct request *);
	void (*end_rq)(struct request_queue *, struct request *, int error);
	struct list queue_head;
	uint32_t in_flight, depth, nr_requests, count[2], batch;
	bool full[2], running, run_pending;
	struct deadline *elevator;
	void *driver;
};

struct block_device { uint64_t start_sect, nr_sects; int id; struct request_queue *queue; struct block_device *whole; };

struct bio_list { struct bio *head, *tail; };
struct plug { struct list list; };
struct task { struct bio_list *bio_list; struct plug *plug; };
extern struct task *current;
extern uint64_t max_ram_pfn;

struct scatterlist { uint64_t phys; uint32_t length; bool dev; };
extern struct scatterlist sgl[BIO_MAX_PAGES];

static inline bool bio_has_data(const struct bio *bio) { return bio->bi_size && !(bio->bi_rw & REQ_DISCARD); }
static inline uint32_t bio_sectors(const struct bio *bio) { return bio->bi_size >> 9; }
static inline uint64_t bvec_phys(const struct bio_vec *bv) { return bv->pfn * PAGE_SIZE + bv->offset; }
static inline uint64_t rq_end(const struct request *rq) { return rq->sector + (rq->data_len >> 9); }
static inline uint32_t blk_max_size_offset(const struct request_queue *q, uint64_t sector)
{
	uint32_t chunk = q->limits.chunk_sectors;
	return chunk ? chunk - sector % chunk : q->limits.max_sectors;
}

/* bio.c */
struct bio *bio_alloc(struct block_device *, uint32_t rw, uint64_t sector, unsigned max_vecs);
void bio_put(struct bio *);
void bio_endio(struct bio *, int error);
uint32_t bio_add_page(struct bio *, uint64_t pfn, uint32_t len, uint32_t offset);
void bio_advance(struct bio *, uint32_t bytes);
void blk_recount_segments(struct request_queue *, struct bio *);
const char *refuse(const char *where, uint64_t value, const char *unit, const char *limit_name, uint64_t limit);
void submit_bio(uint32_t rw, struct bio *);

/* request.c */
struct request *alloc_request(struct request_queue *);
void free_request(struct request *);
void init_request_from_bio(struct request *, struct bio *);
bool blk_rq_merge_ok(struct request *, struct bio *);
int blk_try_merge(struct request *, struct bio *);
bool bio_attempt_merge(struct request *, struct bio *, int how);
bool attempt_merge(struct request *, struct request *next);
int blk_attempt_plug_merge(struct request_queue *, struct bio *);
unsigned blk_rq_map_sg(struct request *, struct scatterlist *);
void blk_update_request(struct request *, int error);
void trace_request(enum event, struct request *, int error);
struct bio *blk_queue_bounce(struct request_queue *, struct bio *);
void plug_sort(struct plug *, struct list *sorted);
enum { NO_MERGE, FRONT_MERGE, BACK_MERGE };

/* mq.c, sq.c */
void blk_sq_make_request(struct request_queue *, struct bio *);
void blk_mq_flush_plug(struct plug *);
void blk_mq_end_request(struct request_queue *, struct request *, int error);
void blk_queue_bio(struct request_queue *, struct bio *);
void flush_plugged_requests(struct plug *);
void blk_end_request_all(struct request_queue *, struct request *, int error);

/* loop.c */
typedef void later_t(void *argument);
void soon(later_t *, void *argument);
void after(uint64_t delay, later_t *, void *argument);
bool loop_step(void);

/* deadline.c */
struct deadline *deadline_new(void);
int elv_merge(struct request_queue *, struct bio *, struct request **found);
bool elv_merged(struct request_queue *, struct request *, bool back, struct request **gone);
void elv_add(struct request_queue *, struct request *);
bool elv_insert_merge(struct request_queue *, struct request *);
bool elv_dispatch(struct request_queue *);

#endif
