import { readFileSync } from 'node:fs';
import { CParser } from '../../../src/reader';
import type { ParserFiles } from '../../../src/reader';

const MODULES = new URL('../../../node_modules/', import.meta.url);

function wasm(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, MODULES)));
}

export function parserFiles(): ParserFiles {
  return {
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasm('tree-sitter-c/tree-sitter-c.wasm'),
  };
}

export function createParser(): Promise<CParser> {
  return CParser.create(parserFiles());
}

/** Takes the marks out of `f(«name»)` and says where the marked word starts. */
export function marked(source: string): { text: string; offset: number } {
  const offset = source.indexOf('«');
  if (offset < 0) throw new Error(`no mark in ${source}`);
  return { text: source.replace('«', '').replace('»', ''), offset };
}

/** A file as the series would have left one: our own text, in kernel style. */
export const SAMPLE = `// A made-up driver that copies vectors.
#include <linux/bio.h>
#define SAMPLE_WORD(vec) ((vec)->bv_page ? 0 : PFN_DEV) /* not bvec_page */
#ifdef CONFIG_DEV_PFN
static const char *label = "bvec_page of nothing";
#endif

struct sample_ops {
	int (*map_pfn)(int unit);
};

static struct dma_map_ops sample_dma_ops = {
	.map_pfn = sample_map_pfn,
};

/*
 * Counts vectors with bvec_page().
 */
static int sample_count(struct bio *bio, struct request_queue *q)
{
	struct bio_vec bv = BIO_VEC_INIT(bv);
	__pfn_t pfn = page_to_pfn_t(bio_page(bio));
	int n = 0;

	if (!blk_queue_pfn(q)) // QUEUE_FLAG_PFN is missing
		return -EOPNOTSUPP;
	bio_for_each_segment(bv, bio, iter) {
		if (bvec_page(&bv) && bv.bv_pfn.val != 'P')
			n++;
		bvec_set_page(&bv, __pfn_t_to_page(pfn));
	}
	sg_set_page(sg, bv.bv_page, bv.bv_len, 0);
	return n + bio_add_pfn(bio, pfn, PAGE_SIZE, 0);
}
EXPORT_SYMBOL(bvec_page);
`;
