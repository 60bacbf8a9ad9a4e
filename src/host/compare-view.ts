import { formatBytes } from '../model/address';
import { bioFamily } from '../model/bio-family';
import { checkDocument } from '../model/check';
import { alignEvents, countsOf, type Count, type Pair } from '../model/compare';
import { otherSide, sideLabels } from '../model/compare-with';
import type { BioscopeDocument } from '../model/machine-spec';
import { narrate } from '../model/narrate';
import type { RecordedEvent } from '../model/recording';
import type { CompareView } from '../protocol/compare-view';
import { openMachine, type OpenMachine } from './machine-view';

type Row = CompareView['counts'][number];

/** The other side of a comparison after it ran, or why it could not. */
export type OtherMachine =
  | {
      readonly ok: true;
      readonly opened: OpenMachine;
      readonly document: BioscopeDocument;
      readonly changed: readonly string[];
    }
  | { readonly ok: false; readonly document: BioscopeDocument; readonly reasons: readonly string[] };

/** Rows of events that a page is given; an I/O with more is better looked at alone. */
const MOST_ROWS = 1000;

/** Runs the document's workload on the machine that it is compared with. */
export function otherMachine(document: BioscopeDocument, revision: number): OtherMachine {
  const side = otherSide(document);
  if (!side) return { ok: false, document, reasons: ['nothing to compare with is named'] };
  const errors = checkDocument(side.document).filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    return { ok: false, document: side.document, reasons: errors.map(({ message }) => message) };
  return { ok: true, ...side, opened: openMachine(side.document, [], revision) };
}

/** Both sides of a comparison: what is counted, how each I/O ended, and the events of I/O `io` beside each other. */
export function compareView(
  mine: OpenMachine,
  document: BioscopeDocument,
  other: OtherMachine,
  io: number,
): CompareView {
  const side = ({ machine }: BioscopeDocument, opened?: OpenMachine) => ({
    machine,
    ops: opened?.dma?.name ?? '',
  });
  const [left, right] = sideLabels(
    side(document, mine),
    side(other.document, other.ok ? other.opened : mine),
  );
  const empty = { left, right, changed: [], refused: [], counts: [], outcomes: [], pairs: [], hidden: 0 };
  if (!other.ok) return { ...empty, refused: [...other.reasons] };
  const { opened } = other;
  const rows = pairsOf(mine, opened, io);
  return {
    ...empty,
    changed: [...other.changed, ...unsent(mine, opened)],
    counts: countRows(mine, opened),
    outcomes: outcomeRows(mine, opened),
    pairs: rows.slice(0, MOST_ROWS).map(pairView),
    hidden: Math.max(rows.length - MOST_ROWS, 0),
    other: opened.view,
  };
}

/** In 4.1 a queue's limits were asked as a bio was built, and a caller went on with another bio where one was full. */
function unsent(...sides: readonly OpenMachine[]): string[] {
  const full = sides.some(({ view }) =>
    view.workload.some(
      ({ outcome, because }) => outcome === 'not submitted' && because.startsWith('bio_add_'),
    ),
  );
  return full
    ? ['An I/O that does not fit into one bio ends there in 4.1: its caller would go on with another bio.']
    : [];
}

function countRows(mine: OpenMachine, other: OpenMachine): Row[] {
  const memmap = (opened: OpenMachine): Count => ({
    what: 'memmap of the machine',
    unit: 'bytes',
    value: opened.view.map.totals.memmap,
  });
  const counts = (opened: OpenMachine) => [
    ...(opened.recording ? countsOf(opened.recording) : []),
    memmap(opened),
  ];
  const theirs = counts(other);
  return counts(mine).map(({ what, unit, value }, n): Row => {
    const said = (number: number) => (unit === 'bytes' ? formatBytes(number) : String(number));
    const its = theirs[n]?.value ?? 0;
    return { what, left: said(value), right: said(its), differs: value !== its };
  });
}

function outcomeRows(mine: OpenMachine, other: OpenMachine): Row[] {
  return mine.view.workload.map(({ title, number, outcome, because }): Row => {
    const its = other.view.workload[number];
    const said = (how: string, why: string) => (why === '' ? how : `${how}: ${why}`);
    const left = said(outcome, because);
    const right = its ? said(its.outcome, its.because) : 'never reached';
    return { what: title, left, right, differs: left !== right };
  });
}

function pairsOf(mine: OpenMachine, other: OpenMachine, io: number): readonly Pair[] {
  const [left, right] = [mine, other].map(({ recording, view }) => {
    const bio = view.workload[io]?.bio ?? -1;
    return recording && bio >= 0 ? bioFamily(recording, bio).events : [];
  }) as [readonly RecordedEvent[], readonly RecordedEvent[]];
  return alignEvents(left, right) ?? [];
}

function pairView({ mark, left, right }: Pair): CompareView['pairs'][number] {
  const { name, device = '' } = (left ?? right)!;
  const said = (event: RecordedEvent | undefined) => (event ? narrate(event) : '');
  return {
    mark,
    function: name.name,
    device,
    left: said(left),
    right: said(right),
    ...(left ? { leftStep: left.index + 1 } : {}),
    ...(right ? { rightStep: right.index + 1 } : {}),
  };
}
