/* Every layout and its helpers with the integers of one kernel; included once a space by pfn-oracle.c. */
#define F(name) JOIN(JOIN(SPACE, _), name)

struct F(read) {
	int has_page;
	ULONG pfn;
	ULONG page; /* 0: NULL */
};

static ULONG F(pfn_to_page)(ULONG pfn)
{
	return (ULONG)MEMMAP + (ULONG)(pfn << PAGE_ORDER);
}

static ULONG F(page_to_pfn)(ULONG page)
{
	return (ULONG)((SLONG)(page - (ULONG)MEMMAP) >> PAGE_ORDER);
}

static PHYS F(phys)(ULONG pfn)
{
	return (PHYS)((PHYS)pfn << 12);
}

static struct F(read) F(without)(ULONG pfn)
{
	return (struct F(read)){0, pfn, 0};
}

static struct F(read) F(with)(ULONG pfn)
{
	return (struct F(read)){1, pfn, F(pfn_to_page)(pfn)};
}

static struct F(read) F(pointer)(ULONG page)
{
	return (struct F(read)){1, F(page_to_pfn)(page), page};
}

/* v1: the word is the pfn. */
static uint64_t F(v1_make)(ULONG pfn, int flags)
{
	(void)flags;
	return pfn;
}

static struct F(read) F(v1_read)(uint64_t word)
{
	return F(with)((ULONG)word);
}

/* v2: a union; what is not below PAGE_OFFSET is a pointer. */
union F(v2) {
	ULONG pfn;
	ULONG page;
};

static uint64_t F(v2_make)(ULONG pfn, int flags)
{
	union F(v2) u;

	if (flags & DEV)
		u.pfn = pfn;
	else
		u.page = F(pfn_to_page)(pfn);
	return u.page;
}

static struct F(read) F(v2_read)(uint64_t word)
{
	union F(v2) u = {.pfn = (ULONG)word};
	ULONG offset = PAGE_OFFSET;

	if (u.pfn < offset)
		return F(without)(u.pfn);
	return F(pointer)(u.page);
}

/* v3, reconstructed: a union; any low bit set makes it a shifted pfn. */
static uint64_t F(v3_make)(ULONG pfn, int flags)
{
	if (flags & DEV)
		return (ULONG)((ULONG)(pfn << V3_SHIFT) | 1);
	return F(pfn_to_page)(pfn);
}

static struct F(read) F(v3_read)(uint64_t word)
{
	ULONG data = (ULONG)word;

	if (data & ((1 << V3_SHIFT) - 1))
		return F(without)(data >> V3_SHIFT);
	return F(pointer)(data);
}

/* v5 and its kin: the pfn above `shift` flag bits of an unsigned long. */
static uint64_t F(low_make)(ULONG pfn, ULONG bits, int shift)
{
	return (ULONG)((ULONG)(pfn << shift) | bits);
}

static struct F(read) F(low_read)(uint64_t word, ULONG dev, ULONG map, int shift)
{
	ULONG val = (ULONG)word;

	if ((val & dev) == 0 || (val & map) != 0)
		return F(with)(val >> shift);
	return F(without)(val >> shift);
}

static ULONG F(low_bits)(int flags)
{
	return (flags & CHAIN ? 1 : 0) | (flags & LAST ? 2 : 0) | (flags & DEV ? 4 : 0);
}

static uint64_t F(v5_make)(ULONG pfn, int flags) { return F(low_make)(pfn, F(low_bits)(flags), 12); }
static struct F(read) F(v5_read)(uint64_t word) { return F(low_read)(word, 4, 0, 12); }
static uint64_t F(v5off_make)(ULONG pfn, int flags) { return F(low_make)(pfn, F(low_bits)(flags & ~DEV), 12); }
static struct F(read) F(v5off_read)(uint64_t word) { return F(low_read)(word, 0, 0, 12); }

static ULONG F(map_bits)(int flags)
{
	return F(low_bits)(flags) | (flags & MAP ? 8 : 0);
}

static uint64_t F(v5rfc_make)(ULONG pfn, int flags) { return F(low_make)(pfn, F(map_bits)(flags), 12); }
static struct F(read) F(v5rfc_read)(uint64_t word) { return F(low_read)(word, 4, 8, 12); }
static uint64_t F(v5b_make)(ULONG pfn, int flags) { return F(low_make)(pfn, F(map_bits)(flags), 4); }
static struct F(read) F(v5b_read)(uint64_t word) { return F(low_read)(word, 4, 8, 4); }

/* pfn_t: the flags in the top bits, first of an unsigned long, then of 64 bits. */
#define TOP(type, n) ((type)((type)1 << (8 * sizeof(type) - (n))))
#define HIGH(name, type)                                                                         \
	static uint64_t F(name##_make)(ULONG pfn, int flags)                                     \
	{                                                                                        \
		type val = pfn;                                                                  \
		val |= flags & CHAIN ? TOP(type, 1) : 0;                                         \
		val |= flags & LAST ? TOP(type, 2) : 0;                                          \
		val |= flags & DEV ? TOP(type, 3) : 0;                                           \
		val |= flags & MAP ? TOP(type, 4) : 0;                                           \
		return val;                                                                      \
	}                                                                                        \
	static struct F(read) F(name##_read)(uint64_t word)                                      \
	{                                                                                        \
		type val = (type)word;                                                           \
		ULONG pfn = (ULONG)(val & (TOP(type, 12) - 1));                                  \
		if ((val & TOP(type, 4)) != 0 || (val & TOP(type, 3)) == 0)                      \
			return F(with)(pfn);                                                     \
		return F(without)(pfn);                                                          \
	}
HIGH(rc1, ULONG)
HIGH(v45, uint64_t)
#undef HIGH
#undef TOP

static const struct F(layout) {
	const char *name;
	uint64_t (*make)(ULONG pfn, int flags);
	struct F(read) (*read)(uint64_t word);
	int flags[4]; /* sets of flags to make words with; -1 ends */
} F(layouts)[] = {
	{"v1", F(v1_make), F(v1_read), {0, -1}},
	{"v2", F(v2_make), F(v2_read), {0, DEV, -1}},
	{"v3", F(v3_make), F(v3_read), {0, DEV, -1}},
	{"v5", F(v5_make), F(v5_read), {0, DEV, DEV | LAST, DEV | CHAIN}},
	{"v5-off", F(v5off_make), F(v5off_read), {0, DEV, -1}},
	{"v5rfc", F(v5rfc_make), F(v5rfc_read), {0, DEV, DEV | MAP, -1}},
	{"v5b", F(v5b_make), F(v5b_read), {0, DEV, DEV | MAP, DEV | MAP | LAST | CHAIN}},
	{"4.5-rc1", F(rc1_make), F(rc1_read), {0, DEV, DEV | MAP, DEV | MAP | LAST | CHAIN}},
	{"4.5", F(v45_make), F(v45_read), {0, DEV, DEV | MAP, DEV | MAP | LAST | CHAIN}},
};

static void F(print_read)(const struct F(layout) *layout, uint64_t word)
{
	struct F(read) r = layout->read(word);

	printf("has_page=%d,to_pfn=%" PRIx64 ",to_page=%" PRIx64 ",to_phys=%" PRIx64, r.has_page,
	       (uint64_t)r.pfn, (uint64_t)r.page, (uint64_t)F(phys)(r.pfn));
}

/* MAKE: a word, and whether it says what it was made of. */
static void F(make_row)(const struct F(layout) *layout, ULONG pfn, int flags)
{
	uint64_t word = layout->make(pfn, flags);
	struct F(read) r = layout->read(word);
	int is_union = layout->name[1] == '2' || layout->name[1] == '3';
	int keeps = r.pfn == pfn && (!is_union || r.has_page == !(flags & DEV));

	printf("MAKE,%s,%s,pfn=%" PRIx64 ",flags=%s,word=%" PRIx64 ",keeps=%d,", NAME, layout->name,
	       (uint64_t)pfn, flag_names[flags], word, keeps);
	F(print_read)(layout, word);
	putchar('\n');
}

/* READ: words that no constructor made. */
static void F(read_row)(const struct F(layout) *layout, uint64_t word)
{
	printf("READ,%s,%s,word=%" PRIx64 ",", NAME, layout->name, word);
	F(print_read)(layout, word);
	putchar('\n');
}

/* SG1: a v1 scatterlist entry; PHYS5: v5's phys_to_pfn_t and nth_pfn. */
static void F(other_rows)(ULONG pfn)
{
	PHYS phys = (PHYS)(F(phys)(pfn) + 512);
	ULONG virt = (ULONG)((ULONG)((ULONG)F(phys)(pfn) + (ULONG)PAGE_OFFSET) + 512);
	ULONG val = (ULONG)F(v5_make)((ULONG)(phys >> 12), DEV);
	ULONG nth = (ULONG)F(v5_make)((ULONG)((val >> 12) + 3), DEV);

	printf("SG1,%s,pfn=%" PRIx64 ",offset=512,phys=%" PRIx64 ",virt=%" PRIx64 "\n", NAME, (uint64_t)pfn,
	       (uint64_t)phys, (uint64_t)virt);
	printf("PHYS5,%s,addr=%" PRIx64 ",val=%" PRIx64 ",nth3=%" PRIx64 "\n", NAME, (uint64_t)phys,
	       (uint64_t)val, (uint64_t)nth);
}

static void F(rows)(void)
{
	for (size_t i = 0; i < COUNT(pfns); i++) {
		if ((ULONG)pfns[i] != pfns[i])
			continue;
		for (size_t l = 0; l < COUNT(F(layouts)); l++)
			for (int f = 0; f < 4 && F(layouts)[l].flags[f] >= 0; f++)
				F(make_row)(&F(layouts)[l], (ULONG)pfns[i], F(layouts)[l].flags[f]);
		F(other_rows)((ULONG)pfns[i]);
	}
	for (int i = 0; i < 24; i++) {
		/* Some as wide as a pointer, some that look like physical memory, some pointers into the memmap. */
		uint64_t word = any() >> (i % 4 * 11);

		if (i % 6 == 5)
			word = (uint64_t)MEMMAP + (word & 0xffff8);
		for (size_t l = 0; l < COUNT(F(layouts)); l++)
			F(read_row)(&F(layouts)[l], l == COUNT(F(layouts)) - 1 ? word : (ULONG)word);
	}
}

#undef F
#undef SPACE
#undef NAME
#undef ULONG
#undef SLONG
#undef PHYS
#undef PAGE_OFFSET
#undef MEMMAP
#undef PAGE_ORDER
#undef V3_SHIFT
