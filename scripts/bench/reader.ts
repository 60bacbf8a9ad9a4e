import { CParser, hoverAt, type ParserFiles } from '../../src/reader';
import { HAZARD_WORDS } from '../../src/reader/hazards';

/** What an audit looks for, for whoever looks for the same. */
export const words = HAZARD_WORDS;

/** Where names stand that are hovered, in the order of the text. */
export function offsetsIn(text: string): number[] {
  const names = /\b(?:bv_page|bio_vec|bio_add_page|kmap_atomic|bvec_\w+)\b/g;
  return [...text.matchAll(names)].map((found) => found.index);
}

/** ms that a hover takes in a file that is open: at each use of a name, in a text that has been parsed. */
export async function hovers(text: string, files: ParserFiles): Promise<number[]> {
  const parser = await CParser.create(files);
  const offsets = offsetsIn(text);
  const times: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (const offset of offsets) {
      const start = performance.now();
      hoverAt(parser, text, offset, { path: 'block/bio.c' });
      if (round > 0) times.push(performance.now() - start);
    }
  }
  parser.dispose();
  return times;
}
