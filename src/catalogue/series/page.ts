import { PATCHES, SINCE_V2 } from './patches';
import { factsOf } from './tree';
import type { SeriesFile } from './series-file';
import { ACCESS, OUTCOME, ROLE } from './words';

const FIRST =
  'Every queue of the series refuses a page-less bio before a driver sees it: -EOPNOTSUPP, for no driver sets QUEUE_FLAG_PFN. The outcome is what happens to one that gets there all the same.';

/** The series as a Markdown page: what v3 changed, and a table of files for each patch. */
export function seriesPage(files: readonly SeriesFile[]): string {
  const lines = files.reduce((sum, row) => sum + row.lines, 0);
  return [
    '# The series: evacuate struct page from the block layer, introduce __pfn\\_t',
    '',
    `v3, 12 May 2015: ${PATCHES.length} patches, ${files.length} files, ${lines} changed lines. ${FIRST}`,
    '',
    '## What v3 changed over v2',
    '',
    ...SINCE_V2.map(({ says, files: about }, i) => `${i + 1}. ${says} (${about.map(code).join(', ')})`),
    '',
    ...PATCHES.flatMap(({ number, title, author, does }) => {
      const rows = files.filter(({ patches }) => patches.some(({ patch }) => patch === number));
      return [
        `## ${number}/${PATCHES.length} ${plain(title)}`,
        '',
        `${author}. ${plain(does)} *(The numbers of the patches are inferred.)*`,
        '',
        '| file | lines | role | memory | page-less | in 6.12 |',
        '| --- | ---: | --- | --- | --- | --- |',
        ...rows.map(
          ({ file, lines: changed, role, access, pageless, today }) =>
            `| ${code(file)} | ${changed} | ${ROLE[role]} | ${plain(ACCESS[access])} | ${plain(OUTCOME[pageless.outcome])} | ${today.path === undefined ? today.fate : code(today.path)} |`,
        ),
        '',
      ];
    }),
  ].join('\n');
}

/** What there is to know of one file, as a Markdown page. */
export function seriesFilePage(row: SeriesFile): string {
  return [
    `# ${plain(row.file)}`,
    '',
    `${row.lines} \`${row.graph || ' '}\` in the diffstat of v3.`,
    '',
    '| | |',
    '| --- | --- |',
    ...factsOf(row).map(([label, value]) => `| **${label}** | ${plain(value)} |`),
    '',
    FIRST,
    '',
  ].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** Names hold underscores and angle brackets, which Markdown would take for its own. */
const plain = (text: string) => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
