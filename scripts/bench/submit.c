/*
 * The peer of the submit benchmark: the same path as the simulator's, in C, ours. Builds a bio of 8 vectors with the
 * refusals of bio_add_page, runs the checks of generic_make_request, walks the vectors as pmem does, completes.
 * Prints nanoseconds a bio: argument 1 bios a round, argument 2 rounds; the best round counts.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VECS = 8, MAX_SECTORS = 1024, MAX_SEGMENTS = 128, PAGE = 4096 };

struct vec { uint64_t pfn; uint32_t len, offset; };
struct bio { uint64_t sector; uint32_t size, flags; uint16_t count, max, segments; int error; struct vec *vecs; };

static uint64_t capacity = 524288, moved;

static uint64_t phys(const struct vec *v) { return (v->pfn << 12) + v->offset; }

static unsigned add(struct bio *b, uint64_t pfn, unsigned len, unsigned offset)
{
	if (b->flags & 16 || (b->size + len) >> 9 > MAX_SECTORS)
		return 0;
	if (b->count) {
		struct vec *p = &b->vecs[b->count - 1];
		if (p->pfn == pfn && p->offset + p->len == offset) {
			p->len += len;
			b->size += len;
			return len;
		}
	}
	if (b->count >= b->max || b->segments + 1 > MAX_SEGMENTS)
		return 0;
	struct vec *v = &b->vecs[b->count++];
	*v = (struct vec){ pfn, len, offset };
	b->segments++;
	b->size += len;
	if (b->count > 1 && phys(v - 1) + v[-1].len == phys(v))
		b->flags &= ~8u;
	return len;
}

static void submit(struct bio *b)
{
	uint32_t sectors = b->size >> 9;
	if (capacity < sectors || capacity - sectors < b->sector || sectors > MAX_SECTORS) {
		b->error = -5;
		return;
	}
	uint64_t at = b->sector * 512 + 0x40000000;
	for (int i = 0; i < b->count; i++) {
		/* Where the bytes would go; they are not moved, as in the simulator's run without copying. */
		moved += b->vecs[i].len + ((phys(&b->vecs[i]) ^ at) & 1);
		at += b->vecs[i].len;
	}
	b->error = 0;
}

int main(int argc, char **argv)
{
	long bios = argc > 1 ? atol(argv[1]) : 100000, rounds = argc > 2 ? atol(argv[2]) : 20;
	struct vec vecs[VECS];
	double best = 1e18;
	for (long r = 0; r < rounds; r++) {
		struct timespec a, z;
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (long n = 0; n < bios; n++) {
			struct bio b = { .sector = (uint64_t)(n % 4096) * 64, .max = VECS, .vecs = vecs };
			for (int i = 0; i < VECS; i++)
				add(&b, 0x1000 + ((n * 7 + i * 2) & 0xffff), PAGE, 0);
			submit(&b);
			moved += (unsigned)b.error;
		}
		clock_gettime(CLOCK_MONOTONIC, &z);
		double ns = ((z.tv_sec - a.tv_sec) * 1e9 + (z.tv_nsec - a.tv_nsec)) / bios;
		if (ns < best)
			best = ns;
	}
	fprintf(stderr, "%llu\n", (unsigned long long)moved);
	printf("%.2f\n", best);
	return 0;
}
