import { describe, expect, it } from 'vitest';
import { CFile } from '../../../../src/reader/c-file';
import { convert } from '../../../../src/reader/convert';
import { wrappedCall } from '../../../../src/reader/convert/wrapped-call';

describe('a call that is written anew', () => {
  it('stays on one line where it fits in 80 columns, tabs and all', () => {
    const long = 'x'.repeat(80 - 8 - 'f(, b);'.length);
    expect(wrappedCall('\t', 'f', [long, 'b'], ';')).toBe(`f(${long}, b);`);
    expect(wrappedCall('\t', 'f', [`${long}x`, 'b'], ';')).toBe(`f(${long}x,\n\t  b);`);
  });

  it('is aligned with its parenthesis in the indentation of its line', () => {
    const given = ['&request->vectors[index]', 'virt_to_page(request->buffer + done)', 'length', 'offset'];
    expect(wrappedCall('\t\t', 'bvec_set_page', given, ';')).toBe(
      'bvec_set_page(&request->vectors[index],\n\t\t\t      virt_to_page(request->buffer + done), length,\n\t\t\t      offset);',
    );
    expect(wrappedCall('    ', 'bvec_set_page', given, ';')).toContain(`,\n${' '.repeat(18)}virt_to_page`);
  });
});

describe('bvec_set_page() of today', () => {
  const three = (between = '') =>
    `\t\trequest->vectors[index].bv_page = virt_to_page(request->buffer + done);\n${between}\t\trequest->vectors[index].bv_len = length;\n\t\trequest->vectors[index].bv_offset = offset_in_page(request->buffer);\n`;
  const modern = (text: string) => convert(new CFile(text, 'a.c'), 'modern');

  it('is wrapped as a kernel line is', () => {
    const { text } = modern(`void f(void)\n{\n\tif (x) {\n${three()}\t}\n}\n`);
    expect(text).toContain(
      'bvec_set_page(&request->vectors[index],\n\t\t\t      virt_to_page(request->buffer + done), length,\n\t\t\t      offset_in_page(request->buffer));\n',
    );
  });

  it('loses no comment', () => {
    const { conversions, left } = modern(`void f(void)\n{\n\tif (x) {\n${three('\t\t/* why */\n')}\t}\n}\n`);
    expect(conversions).toEqual([]);
    expect(left[0]?.reason).toContain('comment');
  });
});
