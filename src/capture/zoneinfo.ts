import { PAGE_SIZE, PHYS_LIMIT, hex } from '../model/address';
import type { Zone } from '../model/memory-facts';
import { cleanLines } from './lines';
import type { CaptureProblem, Captured } from './problem';

/** A zone the kernel lists without saying where it is: nothing is in it, or (Device) it does not count pages. */
export interface PlacelessZone {
  readonly node: number;
  readonly name: string;
  readonly spannedPages: number;
}

export interface ZoneinfoCapture {
  readonly zones: readonly Zone[];
  readonly placeless: readonly PlacelessZone[];
}

interface Block {
  readonly line: number;
  readonly node: number;
  readonly name: string;
  readonly counts: Map<string, number>;
}

const HEAD = /^Node (\d{1,4}), zone\s+(\w{1,32})$/;
const COUNT = /^\s+(spanned|present|managed|start_pfn):?\s+(\S+)$/;
const EXPECTED =
  'expected "Node 0, zone      DMA" and the numbers of the zone, as /proc/zoneinfo prints them';

/** Reads /proc/zoneinfo. The order of the numbers differs between kernels, so each is known by its name. */
export function readZoneinfo(text: string, file = 'zoneinfo'): Captured<ZoneinfoCapture> {
  const problems: CaptureProblem[] = [];
  const problem = (line: number, message: string) => problems.push({ file, line, message });
  const blocks: Block[] = [];
  const lines = cleanLines(text);
  for (const { number, text: line } of lines) {
    const head = HEAD.exec(line);
    if (head) {
      const node = Number(head[1]);
      if (node > 1023) problem(number, `node ${node}: Linux has 1024 at most`);
      blocks.push({ line: number, node, name: head[2]!, counts: new Map() });
      continue;
    }
    const block = blocks.at(-1);
    if (!block) {
      problem(number, EXPECTED);
      break;
    }
    const count = COUNT.exec(line);
    if (!count) {
      if (/^\S/.test(line)) problem(number, `${EXPECTED}; this line is neither`);
      continue;
    }
    const pages = Number(count[2]);
    if (!/^\d{1,16}$/.test(count[2]!) || pages * PAGE_SIZE > PHYS_LIMIT)
      problem(number, `${count[1]!} is no number of pages: ${count[2]!.slice(0, 40)}`);
    else block.counts.set(count[1]!, pages);
  }
  if (blocks.length === 0 && problems.length === 0) problem(1, `the text is empty: ${EXPECTED}`);
  const zones: Zone[] = [];
  const placeless: PlacelessZone[] = [];
  for (const block of blocks) addZone(block, zones, placeless, problem);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { zones, placeless }, warnings: [] };
}

function addZone(
  { line, node, name, counts }: Block,
  zones: Zone[],
  placeless: PlacelessZone[],
  problem: (line: number, message: string) => void,
): void {
  const [spanned, present, managed] = [counts.get('spanned'), counts.get('present'), counts.get('managed')];
  const start = counts.get('start_pfn');
  if (spanned === undefined || present === undefined || managed === undefined) {
    problem(
      line,
      `zone ${name} has no spanned, present or managed: the text is cut, copy the whole of /proc/zoneinfo`,
    );
    return;
  }
  if (spanned < present || present < managed) {
    problem(
      line,
      `zone ${name} spans ${spanned} pages, has ${present} present and ${managed} managed: each must be at most the one before`,
    );
    return;
  }
  if (start === undefined || spanned === 0) {
    // vm_stat prints no start_pfn for a zone without present pages.
    if (present > 0)
      problem(line, `zone ${name} has pages but no start_pfn: the text is cut, copy all of it`);
    else placeless.push({ node, name, spannedPages: spanned });
    return;
  }
  const end = (start + spanned) * PAGE_SIZE;
  if (end > PHYS_LIMIT) problem(line, `zone ${name} ends beyond 2^52, which x86-64 cannot have`);
  else
    zones.push({
      node,
      name,
      start: hex(start * PAGE_SIZE),
      end: hex(end),
      presentPages: present,
      managedPages: managed,
    });
}
