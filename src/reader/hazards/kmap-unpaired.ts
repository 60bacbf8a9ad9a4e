import type { CFile } from '../c-file';
import { bodyAround, functionAround, startsStatement } from '../expressions';
import { placeOf, type Hazard, type Place } from './hazard';

/** What maps, and what releases it. */
export const PAIRS: Readonly<Record<string, readonly string[]>> = {
  kmap: ['kunmap', 'kunmap_local'],
  kmap_atomic: ['kunmap_atomic', '__kunmap_atomic', 'kunmap_local'],
  kmap_atomic_pfn_t: ['kunmap_atomic_pfn_t'],
  kmap_local_page: ['kunmap_local', 'kunmap_atomic', 'unmap_and_put_page', 'folio_release_kmap'],
};

function find(file: CFile): Place[] {
  const found: Place[] = [];
  for (const [map, unmaps] of Object.entries(PAIRS)) {
    for (const call of file.at(map)) {
      const variable = localVariable(file, call);
      if (variable !== undefined && !isReleased(file, call, variable, unmaps)) {
        found.push(
          placeOf(file, call, file.tokens.mate(call + 1), `${variable} is never given to ${unmaps[0]!}()`),
        );
      }
    }
  }
  return found;
}

/** The local variable that `variable = kmap(…)` fills; whoever stores the address elsewhere releases it elsewhere. */
function localVariable(file: CFile, call: number): string | undefined {
  const { tokens } = file;
  const target = call - 2;
  if (!tokens.is(call - 1, '=') || tokens.kind(target) !== 'name' || tokens.mate(call + 1) < 0)
    return undefined;
  const isDeclared = tokens.is(target - 1, '*');
  if (!isDeclared && !startsStatement(tokens, target)) return undefined;
  return functionAround(tokens, call) === undefined ? undefined : tokens.text(target);
}

function isReleased(file: CFile, call: number, variable: string, unmaps: readonly string[]): boolean {
  const { tokens } = file;
  const body = bodyAround(tokens, call)!;
  const inside = (i: number) => i > body.first && i < body.last;
  if (unmaps.some((name) => file.at(name).some(inside))) return true;
  // Handed on, kept or returned: then somebody else has it.
  return file.at(variable).some((i) => {
    if (!inside(i) || i <= call) return false;
    if (tokens.is(i - 1, 'return')) return true;
    const stored = tokens.is(i - 1, '=') && (tokens.is(i + 1, ';') || tokens.is(i + 1, '+'));
    return stored || (tokens.is(i + 1, ';') && tokens.is(i - 1, '='));
  });
}

export const kmapUnpaired: Hazard = {
  code: 'kmap-unpaired',
  severity: 'warning',
  why: 'A mapping that is never released keeps its slot or, with kmap_atomic_pfn_t(), the lock that an unbind waits for.',
  entry: 'kunmap_atomic_pfn_t',
  words: Object.keys(PAIRS),
  find,
};
