import { PHYS_LIMIT, hex } from '../model/address';
import type { DeviceSpec } from '../model/device-spec';
import type { MemoryRange } from '../model/machine-spec';
import { classify } from './iomem-names';
import { cleanLines, type CleanLine } from './lines';
import type { CaptureProblem, Captured } from './problem';

/** What /proc/iomem says of a machine: its resource tree, and the pmem disks its names give away. */
export interface IomemCapture {
  readonly ranges: MemoryRange[];
  readonly devices: DeviceSpec[];
}

/** The kernel stops indenting at this depth (MAX_IORES_LEVEL, the same in 4.1, 6.1 and 6.12). */
const MAX_LEVEL = 5;

/** No machine nests half as deep; the readers of the tree need not fear for their stack. */
const DEEPEST = 32;

const LINE = /^(?<indent>\s*)(?<start>[0-9a-fA-F]+)-(?<end>[0-9a-fA-F]+) : (?<name>.*)$/;
const EXPECTED = 'expected "START-END : NAME" with hexadecimal START and END, as /proc/iomem prints it';

interface Node {
  readonly line: number;
  readonly start: number;
  /** Exclusive, unlike the text. */
  readonly end: number;
  readonly name: string;
  readonly depth: number;
  readonly children: Node[];
}

/** Reads the text of /proc/iomem. Never guesses: every line is understood, or the answer says which is not. */
export function readIomem(text: string, file = 'iomem'): Captured<IomemCapture> {
  const problems: CaptureProblem[] = [];
  const problem = (line: number, message: string) => problems.push({ file, line, message });
  const lines = cleanLines(text);
  if (lines.length === 0)
    return { ok: false, problems: [{ file, line: 1, message: `the text is empty: ${EXPECTED}` }] };

  const nodes: Node[] = [];
  for (const line of lines) {
    const node = readLine(line, line === lines.at(-1), problem);
    if (node) nodes.push(node);
  }
  const looksLikeIomem = lines.some((line) => LINE.test(line.text));
  if (!looksLikeIomem) {
    return {
      ok: false,
      problems: [{ file, line: lines[0]!.number, message: `no line of /proc/iomem here: ${EXPECTED}` }],
    };
  }
  if (nodes.length === 0) return { ok: false, problems };
  const kindProblem = zeroed(nodes) ?? ioports(text, nodes);
  if (kindProblem) return { ok: false, problems: [{ file, line: nodes[0]!.line, message: kindProblem }] };

  const roots = nest(nodes, problem);
  for (const level of [roots, ...allNodes(roots).map((n) => n.children)]) checkSiblings(level, problem);
  if (problems.length > 0) return { ok: false, problems: problems.sort((a, b) => a.line - b.line) };

  const ranges = roots.map((node) => classify(node, undefined));
  const warnings: CaptureProblem[] = [];
  if (!ranges.some((range) => hasKind(range, 'ram'))) {
    warnings.push({
      file,
      line: nodes[0]!.line,
      message: 'no System RAM in it: the text may be cut at the top',
    });
  }
  return { ok: true, value: { ranges, devices: ranges.flatMap(pmemDisks) }, warnings };
}

function readLine(
  line: CleanLine,
  last: boolean,
  problem: (line: number, message: string) => void,
): Node | undefined {
  const groups = LINE.exec(line.text)?.groups;
  if (!groups) {
    const cut = last && /^\s*[0-9a-fA-F]+(-[0-9a-fA-F]*)?( ?:? ?)$/.test(line.text);
    problem(line.number, cut ? 'the text is cut off in this line: copy the whole of /proc/iomem' : EXPECTED);
    return undefined;
  }
  const start = parseInt(groups['start']!, 16);
  const last_ = parseInt(groups['end']!, 16);
  if (last_ >= PHYS_LIMIT || start >= PHYS_LIMIT) {
    problem(
      line.number,
      `address beyond 2^52, which x86-64 cannot have: ${groups['start']!.slice(0, 40)}-${groups['end']!.slice(0, 40)}`,
    );
    return undefined;
  }
  if (last_ < start) {
    problem(line.number, `the range ends (${groups['end']!}) before it starts (${groups['start']!})`);
    return undefined;
  }
  const columns = groups['indent']!.replaceAll('\t', '  ').length;
  return {
    line: line.number,
    start,
    end: last_ + 1,
    name: groups['name']!.trim(),
    depth: columns >> 1,
    children: [],
  };
}

function zeroed(nodes: readonly Node[]): string | undefined {
  if (nodes.length < 2 || nodes.some((node) => node.start !== 0 || node.end !== 1)) return undefined;
  return 'every address is zero: the kernel hides them from users without CAP_SYS_ADMIN. Read it as root: sudo cat /proc/iomem';
}

function ioports(text: string, nodes: readonly Node[]): string | undefined {
  const small = nodes.every((node) => node.end <= 0x10000);
  return small && /^ *[0-9a-f]{4}-[0-9a-f]{4} : /m.test(text)
    ? 'these are I/O ports (/proc/ioports), not memory: copy /proc/iomem'
    : undefined;
}

/** Builds the tree from indentation; at the cap, where indentation stops growing, from containment. */
function nest(nodes: readonly Node[], problem: (line: number, message: string) => void): Node[] {
  const base = nodes.reduce((least, node) => Math.min(least, node.depth), Infinity);
  const roots: Node[] = [];
  const path: Node[] = [];
  for (const node of nodes) {
    const depth = node.depth - base;
    while (path.length > 0 && !isAncestor(path.at(-1)!, node, depth, base)) path.pop();
    const parent = path.at(-1);
    if (depth > 0 && !parent) {
      problem(
        node.line,
        'the line is indented, but no line above it can be its parent: the text may be cut at the top',
      );
    }
    if (parent && (node.start < parent.start || node.end > parent.end)) {
      problem(node.line, `the range is not inside its parent "${parent.name}" (line ${parent.line})`);
    }
    (parent?.children ?? roots).push(node);
    if (path.length < DEEPEST) path.push(node);
    else problem(node.line, `nested deeper than ${DEEPEST} levels, as no /proc/iomem is`);
  }
  return roots;
}

function isAncestor(candidate: Node, node: Node, depth: number, base: number): boolean {
  const above = candidate.depth - base;
  if (above < depth) return true;
  return depth >= MAX_LEVEL && above === depth && node.start >= candidate.start && node.end <= candidate.end;
}

function checkSiblings(siblings: Node[], problem: (line: number, message: string) => void): void {
  siblings.sort((a, b) => a.start - b.start || a.line - b.line);
  siblings.forEach((node, i) => {
    const before = siblings[i - 1];
    if (before && node.start < before.end) {
      problem(
        node.line,
        `"${node.name}" overlaps "${before.name}" (line ${before.line}), which is on the same level`,
      );
    }
  });
}

function allNodes(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}

function hasKind(range: MemoryRange, kind: MemoryRange['kind']): boolean {
  return range.kind === kind || (range.children ?? []).some((child) => hasKind(child, kind));
}

/**
 * The disks that the names betray: `namespaceX.Y` is pmemX (pmemX.Y from the second on), and 4.1's driver
 * writes `pmem` under its range. A namespace with a `dax` device beside it is a character device, no disk.
 */
export function pmemDisks(range: MemoryRange): DeviceSpec[] {
  const children = range.children ?? [];
  const disks: DeviceSpec[] = [];
  for (const [i, child] of children.entries()) {
    const namespace = /^namespace(\d+)\.(\d+)$/.exec(child.name);
    const isDax = namespace !== null && children[i + 1]?.name === `dax${namespace[1]!}.${namespace[2]!}`;
    if (namespace && !isDax) disks.push(pmemDisk(pmemName(namespace[1]!, namespace[2]!), child));
    else if (child.name === 'pmem' && range.kind === 'pmem') disks.push(pmemDisk('pmem0', child));
  }
  const below = children.flatMap(pmemDisks);
  return [...disks, ...below].filter((disk) => disk.driver !== 'pmem' || pageAligned(disk));
}

function pmemName(region: string, index: string): string {
  return index === '0' ? `pmem${region}` : `pmem${region}.${index}`;
}

function pmemDisk(name: string, range: MemoryRange): DeviceSpec {
  return { name, driver: 'pmem', start: range.start, end: range.end };
}

function pageAligned(disk: { start: string; end: string }): boolean {
  return [disk.start, disk.end].every((text) => text.endsWith('000') || text === hex(0));
}
