import { PATCHES, SERIES_FILES, seriesFile, type SeriesFile } from '../catalogue/series';
import { ACCESS, OUTCOME } from '../catalogue/series/words';
import { isSimulated, seriesDocument } from '../engine/series';
import { seriesResult } from '../engine/series/results';
import type { KernelChoice } from '../model/flavour';
import { CliError, type Output } from './output';

const COLUMNS: readonly {
  readonly title: string;
  readonly kernel: KernelChoice;
  readonly pageless: boolean;
}[] = [
  { title: 'page-backed, 4.1', kernel: { flavour: '4.1' }, pageless: false },
  { title: 'page-backed, 4.1-pfn', kernel: { flavour: '4.1-pfn', posting: 'v3' }, pageless: false },
  { title: 'page-less, 4.1', kernel: { flavour: '4.1' }, pageless: true },
  { title: 'page-less, 4.1-pfn v1', kernel: { flavour: '4.1-pfn', posting: 'v1' }, pageless: true },
  { title: 'page-less, 4.1-pfn v3', kernel: { flavour: '4.1-pfn', posting: 'v3' }, pageless: true },
];

/** `series [FILE]`: the table of docs/series.md; of one file, the document that shows it. */
export function series([file, ...rest]: string[]): Promise<Output> {
  if (rest.length > 0) throw new CliError('expected one file of the series, or none', 2);
  if (file === undefined)
    return Promise.resolve({ text: seriesTable().trimEnd(), json: SERIES_FILES.map(rowOf) });
  const row = seriesFile(file);
  if (!row) throw new CliError(`${file}: the series does not touch it; a path of 4.1, such as fs/dax.c`, 2);
  const document = seriesDocument(file, { flavour: '4.1-pfn', posting: 'v3' });
  return Promise.resolve({
    text: document ? JSON.stringify(document, null, 2) : `${file} has no model: ${row.pageless.sentence}`,
    json: document ?? rowOf(row),
  });
}

function rowOf(row: SeriesFile) {
  return { ...row, ran: isSimulated(row.file) ? COLUMNS.map((column) => cell(row, column)) : undefined };
}

/** The table of docs/series.md: each cell by running, where there is a model. Kept up to date by `npm run series`. */
export function seriesTable(): string {
  const ran = SERIES_FILES.filter(({ file }) => isSimulated(file)).length;
  return [
    '# What the series does to each file',
    '',
    `The ${SERIES_FILES.length} files and ${PATCHES.length} patches of v3 (12 May 2015). Made by \`npm run series\`; a test holds it up to date.`,
    '',
    'What happens to a bio’s memory where the file’s code gets it: with struct pages there and back, bytes compared; and',
    'without, put into a bio past the checks. Every queue of the series refuses a page-less bio before, with -EOPNOTSUPP,',
    'for no driver sets QUEUE_FLAG_PFN. v3 is partly reconstructed.',
    '',
    `${ran} files by running the simulator. What is *in italics* is by reading: the file has no model.`,
    '',
    `| file | lines | access | ${COLUMNS.map(({ title }) => title).join(' | ')} |`,
    `| --- | ---: | --- |${' --- |'.repeat(COLUMNS.length)}`,
    ...SERIES_FILES.map(
      (row) =>
        `| ${row.file} | ${row.lines} | ${ACCESS[row.access]} | ${COLUMNS.map((column) => cell(row, column)).join(' | ')} |`,
    ).map((line) => line.replaceAll('_', '\\_')),
    '',
  ].join('\n');
}

function cell(row: SeriesFile, { kernel, pageless }: (typeof COLUMNS)[number]): string {
  const ran = seriesResult(row.file, kernel, pageless ? 'page-less' : 'page-backed');
  if (ran) return ran.text;
  if (row.access === 'none') return '*no memory of a bio*';
  if (!pageless) return '*works*';
  return kernel.flavour === '4.1' ? '*no way to ask*' : `*${OUTCOME[row.pageless.outcome]}*`;
}
