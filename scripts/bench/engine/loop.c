/* What happens while the task sleeps: workers in their order, then devices by the time they are done. */
#include "peer.h"

struct event_entry { uint64_t time, order; later_t *run; void *argument; };

enum { MOST = 4096 };
static struct event_entry workers[MOST], heap[MOST];
static uint32_t first_worker, last_worker, heap_size;
static uint64_t order;

void soon(later_t *run, void *argument)
{
	workers[last_worker++ % MOST] = (struct event_entry){ .run = run, .argument = argument };
}

static bool before(const struct event_entry *a, const struct event_entry *b)
{
	return a->time < b->time || (a->time == b->time && a->order < b->order);
}

void after(uint64_t delay, later_t *run, void *argument)
{
	struct event_entry new = { now + delay, order++, run, argument };
	uint32_t i = heap_size++;
	for (; i && before(&new, &heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = new;
}

bool loop_step(void)
{
	if (first_worker != last_worker) {
		struct event_entry worker = workers[first_worker++ % MOST];
		worker.run(worker.argument);
		return true;
	}
	if (!heap_size)
		return false;
	struct event_entry next = heap[0], last = heap[--heap_size];
	uint32_t i = 0;
	for (uint32_t child; (child = 2 * i + 1) < heap_size; i = child) {
		if (child + 1 < heap_size && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &last))
			break;
		heap[i] = heap[child];
	}
	heap[i] = last;
	if (next.time > now)
		now = next.time;
	next.run(next.argument);
	return true;
}
