/*
 * The peer of the DMA benchmark: lists of eight entries mapped and unmapped through 4.1's nommu and swiotlb, in C and
 * ours, without the copy. Prints the best ns a segment of some runs, and a checksum of the bus addresses.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ENTRIES = 8, LIVE = 64, NSLABS = 32768, SLOT_SHIFT = 11, SLOT = 1 << SLOT_SHIFT, GROUP = 128, PAGE = 4096 };

struct entry {
	uint64_t phys, dma_address;
	uint32_t length, dma_length;
};

static struct entry lists[LIVE][ENTRIES];
static uint16_t list[NSLABS];
static uint64_t orig_addr[NSLABS];
static const uint64_t start = 0x70000000;
static uint32_t search;
static uint64_t mask;
static const uint64_t boundary = 0xffffffff;

static bool capable(uint64_t address, uint32_t size)
{
	return mask != 0 && address + size - 1 <= mask;
}

static void count_down(int from, unsigned count)
{
	for (int i = from; i >= 0 && i % GROUP != GROUP - 1 && list[i]; i--)
		list[i] = ++count;
}

static int slot_map(uint64_t orig, uint32_t size)
{
	uint32_t nslots = (size + SLOT - 1) >> SLOT_SHIFT;
	uint32_t stride = size > PAGE ? 2 : 1;
	uint64_t max_slots = (boundary + 1) >> SLOT_SHIFT;
	uint64_t offset = (start & boundary) >> SLOT_SHIFT;
	uint32_t index = (search + stride - 1) / stride * stride;

	if (index >= NSLABS)
		index = 0;
	uint32_t wrap = index;
	do {
		bool crosses = ((offset + index) & (max_slots - 1)) + nslots > max_slots;

		if (!crosses && list[index] >= nslots) {
			for (uint32_t i = 0; i < nslots; i++) {
				list[index + i] = 0;
				orig_addr[index + i] = orig + ((uint64_t)i << SLOT_SHIFT);
			}
			count_down((int)index - 1, 0);
			search = index + nslots < NSLABS ? index + nslots : 0;
			return (int)index;
		}
		index += stride;
		if (index >= NSLABS)
			index = 0;
	} while (index != wrap);
	return -1;
}

static void slot_unmap(uint32_t index, uint32_t size)
{
	uint32_t end = index + ((size + SLOT - 1) >> SLOT_SHIFT);
	unsigned count = end % GROUP == 0 ? 0 : list[end];

	for (int i = (int)end - 1; i >= (int)index; i--) {
		list[i] = ++count;
		orig_addr[i] = UINT64_MAX;
	}
	count_down((int)index - 1, count);
}

static void nommu_unmap(struct entry *sg)
{
	(void)sg;
}

static int nommu_map(struct entry *sg)
{
	for (int i = 0; i < ENTRIES; i++) {
		if (!capable(sg[i].phys, sg[i].length))
			return 0;
		sg[i].dma_address = sg[i].phys;
		sg[i].dma_length = sg[i].length;
	}
	return ENTRIES;
}

static void swiotlb_unmap(struct entry *sg)
{
	for (int i = 0; i < ENTRIES; i++)
		if (sg[i].dma_address >= start && sg[i].dma_address < start + (uint64_t)NSLABS * SLOT)
			slot_unmap((uint32_t)((sg[i].dma_address - start) >> SLOT_SHIFT), sg[i].dma_length);
}

static int swiotlb_map(struct entry *sg)
{
	for (int i = 0; i < ENTRIES; i++) {
		uint64_t bus = sg[i].phys;

		if (!capable(bus, sg[i].length)) {
			int slot = slot_map(bus, sg[i].length);

			if (slot < 0)
				return 0;
			bus = start + ((uint64_t)slot << SLOT_SHIFT);
		}
		sg[i].dma_address = bus;
		sg[i].dma_length = sg[i].length;
	}
	return ENTRIES;
}

struct ops {
	int (*map)(struct entry *);
	void (*unmap)(struct entry *);
};

static uint32_t run(const struct ops *ops, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < count; n++) {
		struct entry *sg = lists[n % LIVE];

		if (n >= LIVE)
			ops->unmap(sg);
		for (uint32_t i = 0; i < ENTRIES; i++) {
			uint32_t x = (n * ENTRIES + i) * 2654435761u;

			sg[i].phys = (uint64_t)(x >> 12) * PAGE + (i == 0 ? 0 : 0x100000000);
			if (i == 0)
				sg[i].phys %= 0x40000000;
			sg[i].length = 512 * (1 + (x & 15));
		}
		if (ops->map(sg) != ENTRIES)
			exit(1);
		for (int i = 0; i < ENTRIES; i++)
			sum = sum * 31 + (uint32_t)(sg[i].dma_address / SLOT);
	}
	for (uint32_t n = count > LIVE ? count - LIVE : 0; n < count; n++)
		ops->unmap(lists[n % LIVE]);
	return sum;
}

int main(int argc, char **argv)
{
	static const struct ops nommu = { nommu_map, nommu_unmap }, swiotlb = { swiotlb_map, swiotlb_unmap };
	bool bounce = argc > 1 && strcmp(argv[1], "swiotlb") == 0;
	uint32_t count = argc > 2 ? (uint32_t)atoi(argv[2]) : 0, sum = 0;
	double best = 1e18;

	mask = bounce ? 0x7fffffff : ((uint64_t)1 << 40) - 1;
	for (int round = 0; round < 3; round++) {
		struct timespec from, to;

		search = 0;
		for (uint32_t i = 0; i < NSLABS; i++)
			list[i] = (uint16_t)(GROUP - i % GROUP);
		clock_gettime(CLOCK_MONOTONIC, &from);
		sum = run(bounce ? &swiotlb : &nommu, count);
		clock_gettime(CLOCK_MONOTONIC, &to);
		double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
		if (ns < best)
			best = ns;
	}
	printf("%f %u\n", best / ((double)count * ENTRIES), sum);
	return 0;
}
