/*
 * What a C compiler makes of each layout of __pfn_t, for the kernels that could not be run: v2, v3, 32-bit, PAE,
 * and PAGE_OFFSET 0; the others for good measure. Ours, written from the facts (shifts, bits, types); no kernel
 * text. Prints pfn-oracle.csv. Build and run:  cc -std=c11 -O1 -o pfn-oracle pfn-oracle.c && ./pfn-oracle
 *
 * Each space is pfn-space.inc.c with the integers of that kernel, so no 32-bit libraries are needed.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { DEV = 1, MAP = 2, LAST = 4, CHAIN = 8 };
static const char *const flag_names[16] = {
	[0] = "0", [DEV] = "DEV", [DEV | MAP] = "DEV|MAP", [DEV | LAST] = "DEV|LAST",
	[DEV | CHAIN] = "DEV|CHAIN", [DEV | MAP | LAST | CHAIN] = "DEV|MAP|LAST|CHAIN",
};

/* Frames around every edge that a layout or a space has. */
static const uint64_t pfns[] = {
	0x0, 0x1, 0xfff, 0x1000, 0x37fff, 0x38000, 0x3ffff, 0x40000, 0x7ffff, 0xbffff, 0xc0000, 0xfffff,
	0x100000, 0x100001, 0x123456, 0xffffff, 0x1000000, 0x57fffff, 0x5800000, 0x7ffffff, 0x8000000,
	0xfffffff, 0x10000000, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xbfffffff, 0xc0000000,
	0xffffffff, 0x100000000, 0x3ffffffff, 0x400000000, 0x5800000000, 0xffffffffff, 0xfffffffffffff,
	0x10000000000000, 0x123456789abcdef, 0x1fffffffffffffff, 0x2000000000000000, 0xffff880000000000,
	0xffffffffffffffff,
};

static uint64_t state = 0x20150512;

/* splitmix64: words nobody would think of, and the same ones everywhere. */
static uint64_t any(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

#define SPACE x86_64
#define NAME "x86-64"
#define ULONG uint64_t
#define SLONG int64_t
#define PHYS uint64_t
#define PAGE_OFFSET UINT64_C(0xffff880000000000)
#define MEMMAP UINT64_C(0xffffea0000000000)
#define PAGE_ORDER 6 /* 64 bytes a struct page */
#define V3_SHIFT 3
#include "pfn-space.inc.c"

#define SPACE offset0
#define NAME "PAGE_OFFSET 0"
#define ULONG uint64_t
#define SLONG int64_t
#define PHYS uint64_t
#define PAGE_OFFSET UINT64_C(0)
#define MEMMAP UINT64_C(0x3d100000000)
#define PAGE_ORDER 6
#define V3_SHIFT 3
#include "pfn-space.inc.c"

#define SPACE x86_32
#define NAME "x86-32"
#define ULONG uint32_t
#define SLONG int32_t
#define PHYS uint32_t
#define PAGE_OFFSET UINT32_C(0xc0000000)
#define MEMMAP UINT32_C(0xf5000000)
#define PAGE_ORDER 5
#define V3_SHIFT 2
#include "pfn-space.inc.c"

#define SPACE x86_pae
#define NAME "x86-pae"
#define ULONG uint32_t
#define SLONG int32_t
#define PHYS uint64_t
#define PAGE_OFFSET UINT32_C(0xc0000000)
#define MEMMAP UINT32_C(0xd6000000)
#define PAGE_ORDER 5
#define V3_SHIFT 2
#include "pfn-space.inc.c"

int main(void)
{
	puts("# Printed by pfn-oracle.c: cc -std=c11 -O1 -o pfn-oracle pfn-oracle.c && ./pfn-oracle > pfn-oracle.csv");
	x86_64_rows();
	offset0_rows();
	x86_32_rows();
	x86_pae_rows();
	return 0;
}
