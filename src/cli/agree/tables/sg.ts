import {
  SG_CHAIN,
  SG_END,
  SG_MAX_SINGLE_ALLOC,
  SG_MAX_SINGLE_ALLOC_DEBUG,
  SgChunks,
} from '../../../engine/dma/scatterlist/scatterlist';
import { compare, type Checker } from '../case';
import { lines } from './rows';

/** sg.csv: where tables of any length have their links (`C`chunk`@`entry) and their end (`L`chunk`@`entry). */
export const sg: Checker = function* (text, path) {
  const perPage = entriesAPage(text);
  for (const row of lines(text)) {
    const cells = row.split(',');
    const single = cells[0] === 'SGALLOC';
    const nents = Number(cells[single ? 1 : 2]);
    const max = single ? perPage : Number(cells[1]);
    const { table, ret } = SgChunks.alloc(nents, max);
    const data = table.length;
    const got = `ret=${ret},nents=${table.nents},orig=${table.orig_nents},${layout(table)} data=${data}`;
    const expected = cells.slice(single ? 2 : 3).join(',');
    yield compare(
      `${path} ${row.slice(0, row.indexOf(',ret='))}`,
      expected,
      single ? `${got},sg_nents=${data}` : got,
    );
  }
};

/** A kernel with DEBUG_SG has longer entries: its first link shows how many of them a page holds. */
function entriesAPage(text: string): number {
  return /^SGALLOC,.*C0@101/m.test(text) ? SG_MAX_SINGLE_ALLOC_DEBUG : SG_MAX_SINGLE_ALLOC;
}

function layout(table: SgChunks): string {
  return table.chunks
    .flatMap((chunk, c) =>
      chunk.flatMap(({ link }, i) =>
        link & SG_CHAIN ? [`C${c}@${i}`] : link & SG_END ? [`L${c}@${i}`] : [],
      ),
    )
    .join(' ');
}
