import { expect, it } from 'vitest';
import { isKernelCode } from '../../../src/reader';

it.each([
  ['#include <linux/bio.h>\n', 'drivers/md/dm.c', true],
  ['#include "asm/page.h"\n', '', true],
  ['static int f(struct bio_vec *bv);\n', '', true],
  ['void *page_address(int n) { return pages[n]; }\n#include <stdio.h>\n', '', false],
  ['#include <linux/bio.h>\n', 'tools/testing/nvdimm/x.c', false],
  ['// struct biology\n', 'a.c', false],
])('%j at %j is kernel code: %s', (text, path, is) => {
  expect(isKernelCode(text, path)).toBe(is);
});
