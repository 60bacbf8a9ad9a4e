/**
 * The bits of `bi_rw`/`cmd_flags`, `bi_flags` and `queue_flags`, by their kernel names. Numbers as 4.1.3 printed them
 * (captures const.csv); BIO_PFN and QUEUE_FLAG_PFN as v1 did. 6.12 moved most of them: the engine keeps 4.1's numbers
 * for both, and only what prints a `bi_opf` translates.
 */
export const REQ_WRITE = 1 << 0;
export const REQ_FAILFAST_MASK = 0xe;
export const REQ_SYNC = 1 << 4;
export const REQ_META = 1 << 5;
export const REQ_PRIO = 1 << 6;
export const REQ_DISCARD = 1 << 7;
export const REQ_SECURE = 1 << 8;
export const REQ_WRITE_SAME = 1 << 9;
/** Turned into its opposite, REQ_IDLE, by later kernels. */
export const REQ_NOIDLE = 1 << 10;
export const REQ_FUA = 1 << 12;
/** REQ_PREFLUSH since 4.8. */
export const REQ_FLUSH = 1 << 13;
export const REQ_RAHEAD = 1 << 14;
export const REQ_SORTED = 1 << 16;
export const REQ_SOFTBARRIER = 1 << 17;
export const REQ_NOMERGE = 1 << 18;
export const REQ_STARTED = 1 << 19;
export const REQ_ELVPRIV = 1 << 22;
export const REQ_FLUSH_SEQ = 1 << 28;
export const REQ_MIXED_MERGE = 1 << 30;

/** What a request takes over from its first bio. */
export const REQ_COMMON_MASK = 0x3fff;
/** Requests with any of these take no further bio. */
export const REQ_NOMERGE_FLAGS =
  REQ_NOMERGE | REQ_STARTED | REQ_SOFTBARRIER | REQ_FLUSH | REQ_FUA | REQ_FLUSH_SEQ;
/** 4.1's `bi_rw` of an empty flush. */
export const WRITE_FLUSH = REQ_WRITE | REQ_SYNC | REQ_NOIDLE | REQ_FLUSH;
/** Bios whose size is not the length of their vectors. */
export const BIO_NO_ADVANCE_ITER_MASK = REQ_DISCARD | REQ_WRITE_SAME;

export const READ = 0;

export const BIO_UPTODATE = 1 << 0;
export const BIO_EOF = 1 << 2;
export const BIO_SEG_VALID = 1 << 3;
export const BIO_CLONED = 1 << 4;
export const BIO_BOUNCED = 1 << 5;
export const BIO_PFN = 1 << 11;
/** Since 4.13: its block_bio_complete is still to come. 6.12 has it at another bit; 4.1 has none. */
export const BIO_TRACE_COMPLETION = 1 << 20;
/** Since 4.15: it no longer counts from the start of a partition. */
export const BIO_REMAPPED = 1 << 21;
/** Bits below this one are cleared by `bio_reset`. */
export const BIO_RESET_BITS = 13;

export const QUEUE_FLAG_NOMERGES = 1 << 8;
export const QUEUE_FLAG_NONROT = 1 << 12;
export const QUEUE_FLAG_DISCARD = 1 << 14;
export const QUEUE_FLAG_NOXMERGES = 1 << 15;
export const QUEUE_FLAG_SECDISCARD = 1 << 17;
export const QUEUE_FLAG_NO_SG_MERGE = 1 << 21;
export const QUEUE_FLAG_SG_GAPS = 1 << 22;
export const QUEUE_FLAG_PFN = 1 << 23;
