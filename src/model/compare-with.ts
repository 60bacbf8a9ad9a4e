import { PAGE_SIZE, phys } from './address';
import { flavourLabel, type KernelChoice } from './flavour';
import type { BioscopeDocument, MachineSpec } from './machine-spec';
import type { Io, Vec } from './workload-spec';

/** The other side of a comparison, ready to run; `changed` says where its workload had to be put in other words. */
export interface OtherSide {
  readonly document: BioscopeDocument;
  readonly changed: readonly string[];
}

/** The machine that a document wants its own compared with, under the same workload. */
export function otherSide({ machine, workload = [], compare }: BioscopeDocument): OtherSide | undefined {
  if (!compare) return undefined;
  const { kernel, dma } = compare;
  const other: MachineSpec = compare.machine ?? {
    ...machine,
    ...(kernel ? { kernel: { ...machine.kernel, posting: undefined, ...kernel } } : {}),
    ...(dma ? { dma } : {}),
  };
  const said = new Set<string>();
  const ported = workload.map((io) => portIo(io, other.kernel, said));
  return { document: { bioscope: 1, machine: other, workload: ported }, changed: [...said] };
}

/** A machine, and the DMA ops that it chose; '' where its description says nothing of DMA. */
export interface Side {
  readonly machine: MachineSpec;
  readonly ops: string;
}

/** What tells the two sides apart, in a few words each; their names where nothing else does. */
export function sideLabels(left: Side, right: Side): [string, string] {
  const parts = [
    ({ machine }: Side) => machine.name,
    ({ machine }: Side) => flavourLabel(machine.kernel),
    ({ ops }: Side) => (ops === '' ? 'no DMA' : ops),
  ].filter((part) => part(left) !== part(right));
  const parameters = ({ machine }: Side) => machine.dma?.cmdline ?? '';
  if (parts.length === 0 && parameters(left) !== parameters(right))
    parts.push((side) => (parameters(side) === '' ? 'no parameters' : parameters(side)));
  if (parts.length === 0) return [`${left.machine.name}, as it is`, `${right.machine.name}, changed`];
  const label = (side: Side) => parts.map((part) => part(side)).join(' · ');
  return [label(left), label(right)];
}

/** The same bytes as a caller of this kernel hands them in: bio_add_pfn only with the series, vectors of a page before 5.1. */
function portIo(io: Io, { flavour }: KernelChoice, said: Set<string>): Io {
  let ported = io;
  if (io.add === 'bio_add_pfn' && flavour !== '4.1-pfn') {
    said.add(`There is no bio_add_pfn() in ${flavour}: the same pages are added by bio_add_page().`);
    ported = { ...ported, add: 'bio_add_page' };
  }
  const long = io.vecs.some(({ offset, len }) => offset + len > PAGE_SIZE);
  if (long && flavour !== '6.12') {
    said.add(`A vector of ${flavour} is one page at most: longer ones are added page by page.`);
    ported = { ...ported, vecs: io.vecs.flatMap(byPages) };
  }
  return ported;
}

function byPages({ pfn, offset, len }: Vec): Vec[] {
  const start = phys(pfn) * PAGE_SIZE + offset;
  const pages: Vec[] = [];
  for (let at = start; at < start + len;) {
    const end = Math.min(start + len, (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE);
    const page = Math.floor(at / PAGE_SIZE);
    pages.push({ pfn: `0x${page.toString(16)}`, offset: at - page * PAGE_SIZE, len: end - at });
    at = end;
  }
  return pages;
}
