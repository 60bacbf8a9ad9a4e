import { expect, it } from 'vitest';
import { HAZARDS } from '../../../../src/reader/hazards';
import { hazardText } from '../../../../src/reader/hazards/explain';

it.each(HAZARDS.map(({ code, why }) => [code, why]))('%s is explained, in lines that fit', (code, why) => {
  const text = hazardText(code)!;
  expect(text.replace(/\s+/g, ' ')).toContain(why);
  for (const part of ['With a struct page', 'Without one', 'Sources']) expect(text).toContain(part);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('says nothing of a code that is none', () => {
  expect(hazardText('no-such-thing')).toBeUndefined();
});
