import type { CFile } from '../c-file';
import { bodyAround, endsOperand } from '../expressions';
import type { Finding, Severity } from '../hazards';
import { BV_PAGE, pageAccesses } from '../page-accesses';

/** Where a file uses the names of an audit, in what way, and which hazards each use is. */

export const USE_KINDS = [
  'read',
  'write',
  'step',
  'address',
  'initialiser',
  'type',
  'call',
  'declaration',
  'other',
] as const;
export type UseKind = (typeof USE_KINDS)[number];

/** One use of one name in code. Line and column from 1, the column in UTF-16 units. */
export interface UsePlace {
  readonly name: string;
  readonly kind: UseKind;
  readonly line: number;
  readonly column: number;
  /** The codes of the hazards that it is, the widest first. */
  readonly codes: readonly string[];
  /** That of the gravest of them. */
  readonly severity?: Severity;
  /** Its name needs no struct page. */
  readonly ready: boolean;
}

/** Names that take or give memory by pfn or by physical address, so that no struct page is needed. */
export const READY_WORDS = [
  'bv_pfn',
  'bio_pfn',
  'bvec_phys',
  'bvec_to_phys',
  'bio_to_phys',
  'sg_phys',
  'sg_set_pfn',
  'dma_map_pfn',
  'map_pfn',
  'kmap_atomic_pfn_t',
] as const;

const READY: ReadonlySet<string> = new Set(READY_WORDS);

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * @param tokens the uses, in the order of the text
 * @param findings in the order of the text, the wider first
 * @param at line and column of an offset
 */
export function placesOf(
  file: CFile,
  tokens: readonly number[],
  findings: readonly Finding[],
  at: (offset: number) => { readonly line: number; readonly column: number },
): UsePlace[] {
  const members = new Map(
    file.at(BV_PAGE).length === 0 ? [] : pageAccesses(file).map(({ member, use }) => [member, use]),
  );
  const hazards = hazardsByUse(file, tokens, findings);
  return tokens.map((token): UsePlace => {
    const use = members.get(token);
    const kind = use === undefined ? kindOf(file, token) : use === 'write-used' ? 'write' : use;
    const found = hazards.get(token) ?? [];
    const severity = GRAVITY.find((one) => found.some(({ hazard }) => hazard.severity === one));
    const name = file.tokens.text(token);
    const place = {
      name,
      kind,
      ready: READY.has(name),
      ...at(file.tokens.start(token)),
      codes: [...new Set(found.map(({ hazard }) => hazard.code))],
    };
    return severity === undefined ? place : { ...place, severity };
  });
}

/** A hazard belongs to the first use inside it: `page_address(bv->bv_page)` to the member. */
function hazardsByUse(
  file: CFile,
  tokens: readonly number[],
  findings: readonly Finding[],
): Map<number, Finding[]> {
  const byUse = new Map<number, Finding[]>();
  let from = 0;
  for (const finding of findings) {
    while (from < tokens.length && file.tokens.start(tokens[from]!) < finding.start) from++;
    const use = tokens[from];
    if (use === undefined || file.tokens.start(use) >= finding.end) continue;
    const known = byUse.get(use);
    if (known) known.push(finding);
    else byUse.set(use, [finding]);
  }
  return byUse;
}

function kindOf({ tokens }: CFile, i: number): UseKind {
  const isMember = tokens.is(i - 1, '.') || tokens.is(i - 1, '->');
  if (isMember && tokens.is(i - 1, '.') && !endsOperand(tokens, i - 2)) return 'initialiser';
  if (tokens.is(i + 1, '(')) return bodyAround(tokens, i) ? 'call' : 'declaration';
  if (isMember) return tokens.is(i + 1, '=') ? 'write' : 'read';
  const isDeclared = (tokens.is(i - 1, '*') || tokens.kind(i - 1) === 'name') && tokens.is(i + 1, ';');
  return isDeclared && !tokens.is(i - 1, 'return') ? 'declaration' : 'other';
}
