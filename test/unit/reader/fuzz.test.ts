import { expect, it } from 'vitest';
import { auditFile } from '../../../src/reader/audit';
import { CFile } from '../../../src/reader/c-file';
import { convert, RULE_SETS } from '../../../src/reader/convert';
import { unifiedDiff } from '../../../src/reader/convert/unified-diff';
import { findHazards } from '../../../src/reader/hazards';
import { randomFrom } from '../capture/mutate';

/** `FUZZ=500000 npx vitest run test/unit/reader/fuzz.test.ts` for a long look. */
const ROUNDS = Number(process.env['FUZZ'] ?? 4000);

/** Made-up C with what the rules look for. */
const LINES = [
  '#define PAGE(v) \\',
  '\t((v)->bv_page)',
  '#if 0',
  '#else',
  '#endif',
  'static void *f(const struct bio_vec *bv, struct bio *bio)',
  '{',
  '}',
  '\tstruct bio_vec v = { .bv_page = page, .bv_len = 8, .bv_offset = 0 };',
  '\tvoid *p = kmap_atomic(bv->bv_page) + bv->bv_offset;',
  '\tbv->bv_page = alloc();',
  '\tbv->bv_len = 8;',
  '\tbv->bv_offset = 0;',
  '\tif (!(v[i + 1].bv_page = q)) return bio_data(bio);',
  '\ta = page_to_phys(sg_page(&sg[1])) + sg[1].offset; b = page_address(sg_page(sg)) + sg->offset;',
  '\tfor (i = 0; i < n; i++, bv->bv_page++) memcpy_from_page(to, v.bv_page, v.bv_offset, v.bv_len);',
  '\titerate(i, v, ({ get(*pages++ = v.bv_page); 0; }), x ? y : z)',
  '\ta = dma_map_page(dev, bvec_page(bv), 0, 8, dir); /* bv_page */',
  '\tp = kmap_atomic_pfn_t(pfn); cond_resched(); kunmap_atomic(p);',
  'struct dma_map_ops ops = { .map_page = m };',
  '\tchar *s = "bv->bv_page \\" // ";',
];

const JUNK = [
  '',
  '\0',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '/*',
  '*/',
  '//',
  '\\',
  '\\\n',
  '#',
  '->',
  '.',
  '=',
  '&',
  ';',
  ',',
  '🙂',
  '\r',
  '#define ',
];

function mutated(random: (below: number) => number): string {
  const lines = Array.from({ length: 1 + random(24) }, () => LINES[random(LINES.length)]!);
  let text = lines.join('\n');
  for (let changes = random(6); changes > 0; changes--) {
    const at = random(text.length + 1);
    const junk = JUNK[random(JUNK.length)]!;
    text = text.slice(0, at) + junk + text.slice(at + random(5));
  }
  return random(20) === 0 ? text.repeat(1 + random(30)) : text;
}

it(
  `reads ${ROUNDS} pieces of broken C, and converts no two places at once`,
  { timeout: 60_000 + ROUNDS * 4 },
  () => {
    for (let round = 0; round < ROUNDS; round++) {
      const text = mutated(randomFrom(round));
      try {
        const file = new CFile(text, round % 3 === 0 ? 'block/bio.c' : 'drivers/x.c');
        for (const { start, end } of findHazards(file)) {
          if (!(start >= 0 && start < end && end <= text.length)) throw new RangeError(`${start} to ${end}`);
        }
        for (const rules of RULE_SETS) {
          const made = convert(file, rules);
          unifiedDiff(
            'a.c',
            text,
            made.conversions.flatMap((one) => one.edits),
          );
          // What was converted is not converted again.
          const kinds = made.conversions.filter(({ rule }) => rule === 'bvec-page').length;
          if (kinds > 0 && made.text === text) throw new Error('converted into the same');
        }
        auditFile('a.c', Buffer.from(text, 'latin1'), (bytes) => Buffer.from(bytes).toString('latin1'));
      } catch (error) {
        expect.fail(`round ${round}: ${String(error)}\n${JSON.stringify(text)}`);
      }
    }
  },
);
