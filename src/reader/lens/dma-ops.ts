import type { CFile } from '../c-file';
import { definitionOfFunction, initialised } from './registrations';

/** Which operations of a `dma_map_ops` can take memory without a struct page, as far as the file tells. */

export type OpVerdict = 'page-less' | 'needs pages' | 'not told here';

export interface OpFinding {
  readonly op: string;
  /** Offset of the member's name. */
  readonly at: number;
  readonly verdict: OpVerdict;
  /** A sentence. */
  readonly why: string;
}

export interface OpsFinding {
  /** Offset of the declaration. */
  readonly at: number;
  readonly name: string;
  /** Those that map memory, in the order of the text. */
  readonly ops: readonly OpFinding[];
}

/** What the argument of an operation already decides. */
const BY_ARGUMENT: Readonly<Record<string, readonly [OpVerdict, string]>> = {
  map_page: ['needs pages', 'it is handed a struct page'],
  map_pfn: ['page-less', 'it is handed a __pfn_t'],
  map_resource: ['page-less', 'it is handed a physical address, of a device’s registers'],
  map_phys: ['page-less', 'it is handed a physical address'],
};

const NEEDS_PAGE = ['sg_page', 'sg_virt', 'page_address'];

export function dmaOps(file: CFile): readonly OpsFinding[] {
  const { tokens } = file;
  return file.at('dma_map_ops').flatMap((i) => {
    const open = i + 3;
    if (initialised(file, open) !== 'dma_map_ops') return [];
    const close = tokens.mate(open) < 0 ? tokens.length : tokens.mate(open);
    const ops: OpFinding[] = [];
    for (let at = open + 1; at < close; at++) {
      if (!tokens.is(at - 1, '.') || !tokens.is(at + 1, '=') || tokens.parent(at) !== open) continue;
      const found = verdictOf(file, tokens.text(at), tokens.text(at + 2));
      if (found) ops.push({ op: tokens.text(at), at: tokens.start(at), ...found });
    }
    return [{ at: tokens.start(i), name: tokens.text(i + 1), ops }];
  });
}

function verdictOf(file: CFile, op: string, value: string): { verdict: OpVerdict; why: string } | undefined {
  const told = Object.hasOwn(BY_ARGUMENT, op) ? BY_ARGUMENT[op] : undefined;
  if (told) return { verdict: told[0], why: told[1] };
  return op === 'map_sg' ? verdictOfList(file, value) : undefined;
}

/** A scatterlist may hold anything: what the function does with its entries decides. */
function verdictOfList(file: CFile, value: string): { verdict: OpVerdict; why: string } {
  const { tokens } = file;
  const defined = definitionOfFunction(file, value);
  if (defined < 0) return { verdict: 'not told here', why: `${value}() is not in this file` };
  const open = tokens.mate(defined + 1) + 1;
  const uses = (name: string) => file.at(name).some((i) => i > open && i < tokens.mate(open));
  const needing = NEEDS_PAGE.find(uses);
  if (needing) return { verdict: 'needs pages', why: `${value}() uses ${needing}()` };
  if (uses('sg_phys')) return { verdict: 'page-less', why: `${value}() asks for sg_phys() and for no page` };
  return { verdict: 'not told here', why: `${value}() names neither sg_phys() nor the page of an entry` };
}
