import { HAZARDS } from '../hazards';
import { READY_WORDS } from './places';
import { seriesIn, type SeriesChange } from './series';
import { subsystemOf } from './subsystem';
import type { FileReport } from './uses';

/** What an audit tells: a tree of subsystems, files and places, with sums on every level. */

export interface Sums {
  /** Findings, by the code of the hazard. */
  readonly hazards: Readonly<Record<string, number>>;
  /** How often each name stands in code. */
  readonly uses: Readonly<Record<string, number>>;
  /** Places that the rules of the series convert. */
  readonly convertible: number;
  /** Places that need a struct page: the findings that are more than information. */
  readonly needsPage: number;
  /** Uses of names that need none. */
  readonly ready: number;
  /** Page-less readiness: `ready` of both together, from 0 to 1; absent where there is nothing of either. */
  readonly readiness?: number;
}

export interface SubsystemReport extends Sums {
  readonly name: string;
  /** What the series of 2015 changed there. */
  readonly series: SeriesChange;
  readonly files: readonly FileReport[];
}

export interface AuditReport extends Sums {
  /** How many files were looked into. */
  readonly looked: number;
  /** Most places that need a struct page first. */
  readonly subsystems: readonly SubsystemReport[];
  /** True when somebody stopped it: then files are missing. */
  readonly cancelled: boolean;
}

/** These two leak or race whatever the memory is; they say nothing of a struct page. */
const NOT_OF_PAGES = new Set(['kmap-unpaired', 'kmap-sleep', 'dma-unchecked', 'kmap-unchecked']);

const NEEDS_PAGE = new Set(
  HAZARDS.filter((one) => one.severity !== 'info' && !NOT_OF_PAGES.has(one.code)).map((one) => one.code),
);

export function reportOf(files: readonly FileReport[], looked: number, cancelled: boolean): AuditReport {
  const groups = new Map<string, FileReport[]>();
  for (const file of files) {
    const name = subsystemOf(file.path);
    const group = groups.get(name);
    if (group) group.push(file);
    else groups.set(name, [file]);
  }
  const subsystems = [...groups].map(([name, group]): SubsystemReport => {
    group.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { name, ...sumsOf(group), series: seriesIn(name), files: group };
  });
  subsystems.sort((a, b) => b.needsPage - a.needsPage || (a.name < b.name ? -1 : 1));
  return { looked, cancelled, ...sumsOf(files), subsystems };
}

function sumsOf(files: readonly FileReport[]): Sums {
  const hazards: Record<string, number> = {};
  const uses: Record<string, number> = {};
  let convertible = 0;
  for (const file of files) {
    for (const { code } of file.findings) hazards[code] = (hazards[code] ?? 0) + 1;
    for (const [name, count] of Object.entries(file.uses)) uses[name] = (uses[name] ?? 0) + count;
    convertible += file.convertible;
  }
  const needsPage = needing(files);
  const ready = READY_WORDS.reduce((sum, name) => sum + (uses[name] ?? 0), 0);
  const sums = { hazards, uses, convertible, needsPage, ready };
  return needsPage + ready === 0 ? sums : { ...sums, readiness: ready / (needsPage + ready) };
}

/** Places, not findings: one place can be several hazards at once. */
function needing(files: readonly FileReport[]): number {
  let count = 0;
  for (const { findings } of files) {
    let [line, column] = [0, 0];
    for (const one of findings) {
      if (!NEEDS_PAGE.has(one.code)) continue;
      // What lies inside the place before is the same place.
      if (one.line < line || (one.line === line && one.column < column)) continue;
      count++;
      [line, column] = [one.endLine, one.endColumn];
    }
  }
  return count;
}
