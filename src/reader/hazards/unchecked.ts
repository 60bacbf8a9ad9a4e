import type { CFile } from '../c-file';
import { bodyAround, functionAround, operandStart, startsStatement } from '../expressions';
import { placeOf, type Hazard, type Place } from './hazard';

/** Results that may be an error and are used unseen. */

const DMA_MAPS = [
  'dma_map_page',
  'dma_map_single',
  'dma_map_pfn',
  'dma_map_page_attrs',
  'dma_map_single_attrs',
];
const DMA_CHECKS = ['dma_mapping_error', 'pci_dma_mapping_error'];

/** The call's target and its function, where the result is simply kept. */
function keptIn(file: CFile, call: number): { first: number; last: number } | undefined {
  const { tokens } = file;
  if (!tokens.is(call + 1, '(') || tokens.mate(call + 1) < 0 || functionAround(tokens, call) === undefined)
    return undefined;
  // A cast or an offset may stand around it.
  let equals = call - 1;
  if (tokens.is(equals, ')') && tokens.mate(equals) >= 0) equals = tokens.mate(equals) - 1;
  if (!tokens.is(equals, '=')) return undefined;
  const first = operandStart(tokens, equals - 1);
  return first < 0 ? undefined : { first, last: equals - 1 };
}

function findDma(file: CFile): Place[] {
  const { tokens } = file;
  const checks = DMA_CHECKS.flatMap((name) => file.at(name));
  return DMA_MAPS.flatMap((name) => file.at(name)).flatMap((call) => {
    if (!keptIn(file, call)) return [];
    const body = bodyAround(tokens, call)!;
    if (checks.some((i) => i > body.first && i < body.last)) return [];
    return [placeOf(file, call, tokens.mate(call + 1))];
  });
}

function findKmap(file: CFile): Place[] {
  const { tokens } = file;
  return file.at('kmap_atomic_pfn_t').flatMap((call) => {
    if (!tokens.is(call + 1, '(') || tokens.mate(call + 1) < 0) return [];
    if (functionAround(tokens, call) === undefined || isDeclared(file, call)) return [];
    const target = keptIn(file, call);
    const used = !target || !tokens.is(tokens.mate(call + 1) + 1, ';');
    return used || !isTested(file, call, target) ? [placeOf(file, call, tokens.mate(call + 1))] : [];
  });
}

function isDeclared({ tokens }: CFile, call: number): boolean {
  return tokens.is(call - 1, '*') && startsStatement(tokens, call - 2);
}

/** Whether the variable stands alone in a condition behind the call. */
function isTested(file: CFile, call: number, target: { first: number; last: number }): boolean {
  const { tokens } = file;
  const body = bodyAround(tokens, call)!;
  const length = target.last - target.first;
  const text = file.compact(target.first, target.last);
  for (const i of file.at(tokens.text(target.first))) {
    if (i <= call || i >= body.last || file.compact(i, i + length) !== text) continue;
    const [before, after] = [tokens.text(i - 1), tokens.text(i + length + 1)];
    if (before === '!' || after === '==' || after === '!=' || after === '?') return true;
    if ((before === '(' || before === '&&' || before === '||') && /^(?:\)|&&|\|\|)$/.test(after)) {
      const opener = tokens.text(tokens.parent(i) - 1);
      if (/^(?:if|while|unlikely|likely|WARN_ON|WARN_ON_ONCE|BUG_ON|IS_ERR|IS_ERR_OR_NULL)$/.test(opener))
        return true;
    }
  }
  return false;
}

export const dmaUnchecked: Hazard = {
  code: 'dma-unchecked',
  severity: 'warning',
  why: 'The mapping may have failed, and its address is used without dma_mapping_error().',
  entry: 'dma_map_page',
  words: DMA_MAPS,
  find: findDma,
};

export const kmapUnchecked: Hazard = {
  code: 'kmap-unchecked',
  severity: 'error',
  why: 'kmap_atomic_pfn_t() returns NULL for a pfn of no registered range, and the result is used without a test.',
  entry: 'kmap_atomic_pfn_t',
  words: ['kmap_atomic_pfn_t'],
  find: findKmap,
};
