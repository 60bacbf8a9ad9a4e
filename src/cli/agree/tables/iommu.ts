import { Oops } from '../../../engine/oops';
import { compare, type Beside, type Case, type Checker } from '../case';
import { IommuRun } from './iommu-run';
import { lines } from './rows';

/**
 * Tables of iommu-4.1.3: pages, lists and coherent memory mapped and unmapped, over long sequences, until the space is
 * full, and wrongly; in between the entries of the page table (PTE) and the addresses in use (IOVAS).
 *
 * Not compared: the number of a domain (`id`), a cap of the emulated AMD unit (`np_cache`), and where the guest's page
 * allocator found the pages of a table.
 */
export const iommu: Checker = function* (text, path, beside) {
  const run = new IommuRun(beside);
  yield* rowCases(run, lines(text));
  // What was cut out of the sequences left its messages behind.
  if (!text.includes('IOVASEQ')) {
    const said = messageText(run.messages.join('\n'));
    yield compare('messages', printed(path, beside), said);
  }
};

/** A range that was unmapped twice before the flush: the rows up to then, and then the kernel dies. */
export const doubleUnmap: Checker = function* (text, _path, beside) {
  const run = new IommuRun((name) => beside(`../intel-on/${name}`));
  yield* rowCases(
    run,
    lines(text).filter((line) => /^[A-Z]+,/.test(line)),
  );
  yield compare('the flush', /Oops|general protection/.test(text) ? 'a fault' : 'nothing', outcome(run));
};

function outcome(run: IommuRun): string {
  try {
    run.wait();
    return 'nothing';
  } catch (error) {
    if (error instanceof Oops) return 'a fault';
    throw error;
  }
}

function* rowCases(run: IommuRun, rows: readonly string[]): Generator<Case> {
  let sequence = '';
  for (const row of rows) {
    const [kind, tag] = row.split(',');
    if (kind === 'IOVASEQ') sequence = ` of IOVASEQ,${tag}`;
    const done = run.row(kind!, row);
    if (done) yield compare(`${kind},${tag}${sequence}`, done.expected, done.got);
  }
}

const MESSAGE =
  /Allocating \d+-page iova for \S+ failed|Device \S+ request: .+ failed|32bit .+|Driver unmaps .+|WARNING: .+_unmap/g;

/** What the kernel said about its DMA while the test driver worked on one table. */
function printed(path: string, beside: Beside): string {
  const [, what, mask] = /(\w+)-(\w+)\.csv$/.exec(path)!;
  const sections = beside('messages.txt').split('# kernel messages of: iommu ');
  return messageText(sections.find((section) => section.split('\n')[0]!.endsWith(` ${mask} ${what}`)) ?? '');
}

/** No time and place in the source, and no physical address: that of coherent memory is in no row. */
function messageText(text: string): string {
  const found = [...text.matchAll(MESSAGE)].map(([message]) => message);
  return found
    .join('\n')
    .replace(/@[0-9a-f]+/g, '')
    .replace(/WARNING: .*?(\w+_unmap)/g, 'WARNING: $1');
}
