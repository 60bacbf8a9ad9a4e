import { functionAround } from '../expressions';
import { placeOf, type Hazard } from './hazard';

export const bioData: Hazard = {
  code: 'bio-data',
  severity: 'error',
  why: 'bio_data() is the address of the first page: for a bio without struct page it is computed from nothing.',
  entry: 'bio_page',
  words: ['bio_data'],
  find: (file) => {
    const { tokens } = file;
    return file
      .at('bio_data')
      .filter((i) => {
        const isCall = tokens.is(i + 1, '(') && !tokens.is(i - 1, '.') && !tokens.is(i - 1, '->');
        const isDefinition = tokens.is(tokens.mate(i + 1) + 1, '{') || tokens.is(i - 1, '*');
        return isCall && !isDefinition && functionAround(tokens, i) !== 'bio_data';
      })
      .map((i) => placeOf(file, i, tokens.mate(i + 1)));
  },
};
