import { expect, it } from 'vitest';
import { SERIES_FILES } from '../../../../src/catalogue/series';
import { SERIES_LINES } from '../../../../src/catalogue/series/lines';

it('says of each file what its row says', () => {
  expect(SERIES_LINES).toEqual(Object.fromEntries(SERIES_FILES.map(({ file, lines }) => [file, lines])));
  expect(Object.values(SERIES_LINES).reduce((sum, lines) => sum + lines, 0)).toBe(1003 + 391);
});
