import { LEAST_PAGES, clamped, following, panned, whole, zoomed, type Span } from './zoom';

/** Where somebody is in the detail view: what is shown, and the page that keys act on. */
export interface Place {
  readonly span: Span;
  readonly cursor: number;
}

/** What the keys move in: all pages of the machine, and the first page of each range, ascending. */
export interface Ground {
  readonly total: number;
  readonly borders: readonly number[];
  /** True where a page is wide enough to be a cell: then a step is a page. */
  readonly cells: boolean;
}

export type Move =
  | 'left'
  | 'right'
  | 'previous'
  | 'next'
  | 'page-left'
  | 'page-right'
  | 'first'
  | 'last'
  | 'in'
  | 'out'
  | 'whole'
  | 'pages';

const KEYS: Readonly<Record<string, Move>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'previous',
  ArrowDown: 'next',
  PageUp: 'page-left',
  PageDown: 'page-right',
  Home: 'first',
  End: 'last',
  '+': 'in',
  '=': 'in',
  '-': 'out',
  _: 'out',
  '0': 'whole',
  '1': 'pages',
};

export function moveForKey(key: string): Move | undefined {
  return Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
}

/** The place after a move. The cursor stays inside the machine, and in view. */
export function moved(place: Place, move: Move, { total, borders, cells }: Ground): Place {
  const { span, cursor } = place;
  const step = cells ? 1 : Math.max(Math.round(span.pages / LEAST_PAGES), 1);
  const to = (page: number): Place => {
    const inside = Math.min(Math.max(page, 0), Math.max(total - 1, 0));
    return { span: following(span, inside, total), cursor: inside };
  };
  /** Zooms around the cursor, so that it stays where it is on the screen. */
  const zoom = (factor: number): Place => {
    const seen = following(span, cursor, total);
    return { span: zoomed(seen, factor, (cursor + 0.5 - seen.from) / seen.pages, total), cursor };
  };
  switch (move) {
    case 'left':
      return to(cursor - step);
    case 'right':
      return to(cursor + step);
    case 'previous':
      return to([...borders].reverse().find((border) => border < cursor) ?? 0);
    case 'next':
      return to(borders.find((border) => border > cursor) ?? total - 1);
    case 'page-left':
    case 'page-right': {
      const pages = Math.round(span.pages) * (move === 'page-left' ? -1 : 1);
      const inside = Math.min(Math.max(cursor + pages, 0), Math.max(total - 1, 0));
      return { span: following(panned(span, pages, total), inside, total), cursor: inside };
    }
    case 'first':
      return to(0);
    case 'last':
      return to(total - 1);
    case 'in':
      return zoom(0.5);
    case 'out':
      return zoom(2);
    case 'whole':
      return { span: whole(total), cursor };
    case 'pages':
      return {
        span: clamped({ from: cursor - LEAST_PAGES / 2, pages: LEAST_PAGES }, total),
        cursor,
      };
  }
}
