import { PATCHES, SINCE_V2 } from './patches';
import type { Access, Outcome, Role, SeriesFile } from './series-file';
import { ACCESS, CERTAINTY, OUTCOME, ROLE } from './words';

/** What to show of the series; an empty list asks nothing of that kind. */
export interface SeriesFilter {
  readonly roles: readonly Role[];
  readonly accesses: readonly Access[];
  readonly outcomes: readonly Outcome[];
}

export const NO_FILTER: SeriesFilter = { roles: [], accesses: [], outcomes: [] };

/** A row of the tree: a heading, a file, or a fact about it. */
export interface SeriesNode {
  /** The same for the same row, so that a tree keeps what was open. */
  readonly id: string;
  readonly kind: 'changes' | 'change' | 'patch' | 'file' | 'fact';
  readonly label: string;
  readonly description: string;
  /** The whole of it, for a tooltip. */
  readonly detail: string;
  /** The file a row is about. */
  readonly file?: SeriesFile;
  readonly children: readonly SeriesNode[];
}

export function passes(filter: SeriesFilter, row: SeriesFile): boolean {
  const asked = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);
  return (
    asked(filter.roles, row.role) &&
    asked(filter.accesses, row.access) &&
    asked(filter.outcomes, row.pageless.outcome)
  );
}

/** What v3 changed over v2, then patch by patch its files, and what there is to know of each. */
export function seriesTree(files: readonly SeriesFile[], filter: SeriesFilter): SeriesNode[] {
  const shown = files.filter((row) => passes(filter, row));
  return [changesNode(shown), ...PATCHES.map((patch) => patchNode(patch, shown))].filter(
    ({ children }) => children.length > 0,
  );
}

function changesNode(shown: readonly SeriesFile[]): SeriesNode {
  const children = SINCE_V2.map(({ says, files }, i): SeriesNode => {
    const id = `v2/${i + 1}`;
    const rows = shown.filter(({ file }) => files.includes(file));
    return {
      id,
      kind: 'change',
      label: `${i + 1}. ${says}`,
      description: '',
      detail: says,
      children: rows.map((row) => fileNode(id, row)),
    };
  }).filter((node) => node.children.length > 0);
  const detail = 'The five points of the cover letter, and the files each one is about.';
  return { id: 'v2', kind: 'changes', label: 'What v3 changed over v2', description: '', detail, children };
}

function patchNode(
  { number, title, author, does }: (typeof PATCHES)[number],
  shown: readonly SeriesFile[],
): SeriesNode {
  const id = `patch/${number}`;
  const rows = shown.filter(({ patches }) => patches.some(({ patch }) => patch === number));
  return {
    id,
    kind: 'patch',
    label: `${number}/${PATCHES.length} ${title}`,
    description: count(rows.length, 'file'),
    detail: `${does} By ${author}; the number is inferred.`,
    children: rows.map((row) => fileNode(id, row)),
  };
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

function fileNode(parent: string, row: SeriesFile): SeriesNode {
  const id = `${parent}/${row.file}`;
  return {
    id,
    kind: 'file',
    label: row.file,
    description: `${row.lines} ${row.graph} · ${OUTCOME[row.pageless.outcome]}`,
    detail: row.touches,
    file: row,
    children: factsOf(row).map(([label, value], i) => ({
      id: `${id}#${i}`,
      kind: 'fact' as const,
      label,
      description: value,
      detail: `${label}: ${value}`,
      file: row,
      children: [],
    })),
  };
}

/** What there is to know of a file, as label and sentence. */
export function factsOf({
  role,
  access,
  touches,
  changes,
  pageless,
  patches,
  today,
  lines,
}: SeriesFile): [string, string][] {
  return [
    ['Role', ROLE[role]],
    ['Memory', `${ACCESS[access]}. ${touches}`],
    ['The series', `${changes} (${count(lines, 'line')})`],
    ['Page-less memory', `${OUTCOME[pageless.outcome]}. ${pageless.sentence}`],
    ...patches.map(({ patch, certainty }): [string, string] => [
      `Patch ${patch}`,
      `${PATCHES[patch - 1]!.title}: ${CERTAINTY[certainty]}`,
    ]),
    ['In 6.12', `${FATE[today.fate]}${today.path === undefined ? '' : ` ${today.path}`}. ${today.sentence}`],
  ];
}

const FATE: Readonly<Record<SeriesFile['today']['fate'], string>> = {
  same: 'the same file',
  renamed: 'now',
  removed: 'gone',
  never: 'never merged',
};
