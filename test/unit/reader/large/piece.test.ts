import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hoverAt, numberInCall, type CParser } from '../../../../src/reader';
import { pieceAround } from '../../../../src/reader/large/piece';
import { createParser } from '../support';
import { generatedDriver } from './generated';

const MIDDLE = `static void middle(struct bio_vec *bv)
{
	int bio_page = 0;

	bvec_page(bv);
	pfn_to_page(0x100000);
	use(bio_page);
}
`;
const HALF = generatedDriver(2_500_000);
const BIG = HALF + MIDDLE + HALF;

describe('a hover in a file of 5 MB', () => {
  let parser: CParser;
  beforeAll(async () => {
    parser = await createParser();
  });
  afterAll(() => parser.dispose());

  it('reads the function around it, and knows its variables', () => {
    const at = BIG.indexOf('bvec_page(bv);\n\tpfn');
    expect(hoverAt(parser, BIG, at + 2)).toMatchObject({
      entry: { name: 'bvec_page' },
      start: at,
      end: at + 9,
    });
    expect(hoverAt(parser, BIG, BIG.indexOf('use(bio_page)') + 5)).toBeUndefined();
  });

  it('decodes a number where it stands', () => {
    const at = BIG.indexOf('0x100000');
    expect(numberInCall(parser, BIG, at + 3)).toMatchObject({
      helper: 'pfn_to_page',
      start: at,
      end: at + 8,
    });
  });

  it('still knows whose file it is', () => {
    const kvm = `#include <linux/kvm_host.h>\n${BIG}static pfn_t x(void)\n{\n}\n`;
    expect(hoverAt(parser, kvm, kvm.lastIndexOf('pfn_t') + 1)?.variant?.id).toBe('kvm');
  });

  it('is silent in a function that is too long to be parsed at once', () => {
    const endless = `void f(void)\n{\n${'\tuse(bvec_page(bv));\n'.repeat(60_000)}`;
    expect(pieceAround(endless, 600_000)).toBeUndefined();
    expect(hoverAt(parser, endless, endless.indexOf('bvec_page', 600_000) + 1)).toBeUndefined();
  });
});
