import { amdPageFault } from './amd-vi';
import { bioTooBig } from './block';
import { dmaDebug } from './dma-debug';
import { gartFull, gartMissing, gartPanic } from './gart';
import type { Explanation, Kind } from './kind';
import { directOverflow, nommuOverflow } from './mask';
import { bounceFault, sgBug, sgUnmapped } from './scatterlist';
import { outOfSwIommu, swiotlbFull, swiotlbPanic, swiotlbSizeZero } from './swiotlb';
import { dmarFault, dmarStatus, domainFailed, iovaFailed, mapRequestFailed } from './vt-d';

export type { Explanation } from './kind';
export { explanationText, nothingFoundText } from './text';

/** Every kind of message, in the order they are tried on a line. */
const KINDS: readonly Kind[] = [
  swiotlbFull,
  outOfSwIommu,
  swiotlbPanic,
  swiotlbSizeZero,
  nommuOverflow,
  directOverflow,
  gartFull,
  gartPanic,
  gartMissing,
  dmarStatus,
  dmarFault,
  iovaFailed,
  mapRequestFailed,
  domainFailed,
  amdPageFault,
  dmaDebug,
  sgBug,
  sgUnmapped,
  bounceFault,
  bioTooBig,
];

/** How each recognised message looks. */
export const RECOGNISED: readonly string[] = KINDS.map((kind) => kind.looks);

/** Longer lines are cut; a report (an oops, a warning) is looked for this many lines on. */
const LONGEST_LINE = 1000;
const LINES_AFTER = 80;
const MOST_LINES = 20;

/** Time stamps, log levels, and what syslog and the journal put before a message. */
const PREFIX =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,80} kernel: )?(?:<\d{1,3}>)?\s{0,4}(?:\[[^\]]{0,40}\d[.:]\d[^\]]{0,20}\]\s{0,4})?/;

/** One of these words is in every message: most lines of a log are passed over quickly. */
const HINT =
  /swiotlb|DMA|nommu|IOMMU|DRHD|Request device|Allocating|request:|IO_PAGE_FAULT|scatterlist|unable to handle|bio too big/i;

/** Where another message begins. */
const NEXT = /(?=<\d>\[ {0,6}\d)|(?=\[ {0,6}\d{1,9}\.\d{6}\] )/;

/** Each DMA-related message of a kernel log, explained, in the order they first appear. Never throws. */
export function explainDmaErrors(text: string): Explanation[] {
  const lines: { readonly number: number; readonly text: string }[] = [];
  text.split(/\r\n|\n|\r/).forEach((whole, index) => {
    // Old kernels left out line feeds, and an input box takes them out.
    for (const part of whole
      .slice(0, 20 * LONGEST_LINE)
      .replace(/\p{Cc}/gu, ' ')
      .split(NEXT))
      lines.push({ number: index + 1, text: part.slice(0, LONGEST_LINE).replace(PREFIX, '').trim() });
  });
  const found = new Map<string, Explanation>();
  lines.forEach(({ number, text: line }, index) => {
    const known = found.get(line);
    if (known !== undefined) {
      found.set(line, again(known, number));
      return;
    }
    const explanation = explain(line, () =>
      lines.slice(index + 1, index + 1 + LINES_AFTER).map((next) => next.text),
    );
    if (explanation) found.set(line, { ...explanation, message: line, lines: [number], count: 1 });
  });
  return [...found.values()];
}

function again(known: Explanation, number: number): Explanation {
  const lines = known.lines.length < MOST_LINES ? [...known.lines, number] : known.lines;
  return { ...known, lines, count: known.count + 1 };
}

function explain(
  line: string,
  after: () => string[],
): Omit<Explanation, 'message' | 'lines' | 'count'> | undefined {
  if (!HINT.test(line)) return undefined;
  for (const kind of KINDS) {
    const match = kind.pattern.exec(line);
    const told = match && kind.tell(match.groups ?? {}, after(), line);
    if (told) return { kind: kind.id, ...told };
  }
  return undefined;
}
