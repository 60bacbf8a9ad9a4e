import { PAGE_SIZE, groupedHex, phys } from './address';
import { checkDevices } from './check-devices';
import { checkDma } from './check-dma';
import { checkLesson } from './check-lesson';
import type { BioscopeDocument, MemoryRange } from './machine-spec';

/** A place in a document: member names and array indices from the root. */
export type JsonPath = readonly (string | number)[];

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: JsonPath;
  readonly message: string;
}

/** What a schema cannot say: order, overlap, nesting, and names that must lead somewhere. */
export function checkDocument(document: BioscopeDocument): Finding[] {
  const findings: Finding[] = [];
  checkRanges(document.machine.memory.ranges, ['machine', 'memory', 'ranges'], undefined, findings);
  checkZoneDevice(document, findings);
  checkArch(document, findings);
  checkSpans(document, findings);
  checkDevices(document, findings);
  checkDma(document, findings);
  checkWorkload(document, findings);
  checkLesson(document, findings);
  return findings;
}

function checkRanges(
  ranges: readonly MemoryRange[],
  path: JsonPath,
  parent: MemoryRange | undefined,
  findings: Finding[],
): void {
  const error = (i: number, message: string) =>
    findings.push({ severity: 'error', path: [...path, i], message });
  let previousEnd = -1;
  ranges.forEach((range, i) => {
    const start = phys(range.start);
    const end = phys(range.end);
    if (end <= start) error(i, `the range ends at ${range.end}, which is not after its start ${range.start}`);
    if (start < previousEnd) {
      error(
        i,
        `the range starts at ${range.start}, inside the one before it: sort the ranges and end each before the next`,
      );
    }
    if (parent && (start < phys(parent.start) || end > phys(parent.end))) {
      error(
        i,
        `"${range.name}" does not fit inside its parent "${parent.name}" (${parent.start} to ${parent.end})`,
      );
    }
    if (range.structPages !== undefined && range.kind !== 'pmem' && range.kind !== 'soft-reserved') {
      error(
        i,
        `structPages is only for pmem and soft-reserved ranges: ${range.kind} follows the kernel's own rule`,
      );
    }
    previousEnd = Math.max(previousEnd, end);
    if (range.children) checkRanges(range.children, [...path, i, 'children'], range, findings);
  });
}

/** Device pages under a kernel that had none: allowed, for an imported machine is what it is, but said. */
function checkZoneDevice(document: BioscopeDocument, findings: Finding[]): void {
  const { kernel, memory } = document.machine;
  const withPages = (range: MemoryRange): boolean =>
    (range.structPages ?? 'none') !== 'none' || (range.children ?? []).some(withPages);
  if (!memory.ranges.some(withPages)) return;
  findings.push({
    severity: 'warning',
    path: ['machine', 'kernel', 'flavour'],
    message: `this machine has struct pages for device memory (ZONE_DEVICE, since 4.3); a ${kernel.flavour} kernel would have none`,
  });
}

/** Physical addresses a 32-bit kernel can have: 4 GiB, or 64 GiB with PAE. Bytes. */
const ARCH_LIMIT = { 'x86-64': 2 ** 52, 'x86-pae': 2 ** 36, 'x86-32': 2 ** 32 } as const;

function checkArch(document: BioscopeDocument, findings: Finding[]): void {
  const { kernel, memory } = document.machine;
  const arch = kernel.arch ?? 'x86-64';
  if (arch !== 'x86-64' && kernel.virtual !== undefined) {
    findings.push({
      severity: 'error',
      path: ['machine', 'kernel', 'virtual'],
      message: `virtual maps are described for x86-64 only; this machine is ${arch}`,
    });
  }
  memory.ranges.forEach((range, i) => {
    if (phys(range.end) <= ARCH_LIMIT[arch]) return;
    findings.push({
      severity: 'error',
      path: ['machine', 'memory', 'ranges', i],
      message: `the range ends at ${range.end}, beyond what ${arch} can address (${groupedHex(ARCH_LIMIT[arch])})`,
    });
  });
}

/** Whatever else has a start and an end must have them in this order. */
function checkSpans(document: BioscopeDocument, findings: Finding[]): void {
  const { zones = [], e820 = [], marks = [], namespaces = [], swiotlb } = document.machine.memory;
  const memory = ['machine', 'memory'];
  const span = (path: JsonPath, start: string, end: string) => {
    if (phys(end) > phys(start)) return;
    findings.push({
      severity: 'error',
      path,
      message: `the range ends at ${end}, which is not after its start ${start}`,
    });
  };
  zones.forEach((zone, i) => span([...memory, 'zones', i], zone.start, zone.end));
  e820.forEach((entry, i) => span([...memory, 'e820', i], entry.start, entry.end));
  marks.forEach((mark, i) => span([...memory, 'marks', i], mark.start, mark.end));
  namespaces.forEach(({ start, end }, i) => {
    if (start !== undefined && end !== undefined) span([...memory, 'namespaces', i], start, end);
  });
  if (swiotlb) span([...memory, 'swiotlb'], swiotlb.start, swiotlb.end);
}

function checkWorkload(document: BioscopeDocument, findings: Finding[]): void {
  const devices = new Set(
    (document.machine.devices ?? []).flatMap((d) => [d.name, ...(d.partitions ?? []).map((p) => p.name)]),
  );
  (document.workload ?? []).forEach((io, i) => {
    const path = ['workload', i];
    const error = (rest: JsonPath, message: string) =>
      findings.push({ severity: 'error', path: [...path, ...rest], message });
    const { flavour } = document.machine.kernel;
    if (!devices.has(io.device)) {
      const known = [...devices].join(', ') || 'none';
      error(['device'], `there is no device named ${io.device} (devices: ${known})`);
    }
    if (io.add === 'bio_add_pfn' && flavour !== '4.1-pfn') {
      error(['add'], 'bio_add_pfn came with the series: choose the flavour 4.1-pfn, or bio_add_page');
    }
    const empty = io.op === 'discard' || (io.op === 'write' && io.flags?.includes('flush') === true);
    if (io.vecs.length === 0 && !empty)
      error(['vecs'], 'only a discard, or a write with "flush", goes without vectors');
    if (io.op === 'discard' && (io.sectors ?? 0) === 0)
      error(['sectors'], 'a discard needs its length in "sectors"');
    if (io.op === 'discard' && io.vecs.length > 0)
      error(['vecs'], 'a discard has no vectors: give its length in "sectors"');
    io.vecs.forEach((vec, n) => {
      if (vec.len === 0) error(['vecs', n, 'len'], 'a vector needs at least one byte');
      else if (flavour !== '6.12' && vec.offset + vec.len > PAGE_SIZE) {
        error(
          ['vecs', n],
          `offset ${vec.offset} + len ${vec.len} leaves the page: before 5.1 a vector is one page at most`,
        );
      }
      if (phys(vec.pfn) >= 2 ** 40)
        error(
          ['vecs', n, 'pfn'],
          'this is beyond the last page frame of x86-64: a pfn is an address shifted right by 12',
        );
    });
    const bytes = io.vecs.reduce((sum, vec) => sum + vec.len, 0);
    if (bytes % 512 !== 0)
      error(['vecs'], `the vectors hold ${bytes} bytes: I/O is made of whole sectors of 512`);
  });
}
