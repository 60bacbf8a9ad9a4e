import { basename } from 'node:path';
import { collect, type Collected } from '../capture/collect';
import { crossCheck } from '../capture/cross-check';
import { archOf, hasMap, joinMachine } from '../capture/join';
import { formatProblem, type CaptureProblem } from '../capture/problem';
import { readCapture, type Part } from '../capture/recognise';
import { reportText } from '../capture/report';
import { PhysicalMap } from '../engine/memory/physical-map';
import { sampleWorkload } from '../engine/sample-workload';
import { formatBytes } from '../model/address';
import { DOCUMENT_VERSION, type BioscopeDocument } from '../model/machine-spec';
import { CliError, readText, type Output } from './output';

/** `import FILE…`: the captures of one machine, in any mixture of formats, become one document and a cross-check. */
export async function importFiles(args: string[]): Promise<Output> {
  const first = args[0];
  if (first === undefined)
    throw new CliError('expected at least one file, such as the text of /proc/iomem', 2);
  const parts: Part[] = [];
  const warnings: CaptureProblem[] = [];
  const problems: string[] = [];
  for (const path of args) {
    const read = readCapture(await readText(path), path);
    if (read.ok) {
      parts.push(...read.value);
      warnings.push(...read.warnings);
    } else problems.push(...read.problems.map(formatProblem));
  }
  if (problems.length > 0) throw new CliError(problems.join('\nbioscope: '));
  const collected = collect(parts);
  if (!hasMap(collected)) {
    throw new CliError(`${args.join(', ')}: no memory map among them; add the text of: sudo cat /proc/iomem`);
  }
  const document = documentOf(basename(first), collected);
  const findings = crossCheck(document.machine, collected);
  return {
    text: `${summary(document)}\n\n${reportText(document.machine.name, findings, collected, warnings)}`.trimEnd(),
    json: document,
    warnings: [
      ...warnings.map(formatProblem),
      ...findings.filter((finding) => finding.severity !== 'info').map((finding) => finding.message),
    ],
  };
}

function documentOf(file: string, collected: Collected): BioscopeDocument {
  const facts = joinMachine(collected);
  const arch = archOf(facts, collected);
  const machine: BioscopeDocument['machine'] = {
    name: file.replace(/\.[a-z]+$/i, ''),
    origin: file,
    kernel: { flavour: '4.1-pfn', posting: 'v3', ...(arch ? { arch } : {}) },
    ...facts,
  };
  return { bioscope: DOCUMENT_VERSION, machine, workload: sampleWorkload(machine) };
}

function summary({ machine }: BioscopeDocument): string {
  const totals = new PhysicalMap(machine).totals();
  const disks = (machine.devices ?? []).map((d) => d.name).join(', ') || 'none';
  return [
    `${machine.name}:`,
    `  ${formatBytes(totals.ram)} RAM, ${formatBytes(totals.pmem)} persistent memory`,
    `  ${formatBytes(totals.pmemWithoutPages)} without struct page (${formatBytes(totals.memmapSaved)} of memmap saved)`,
    `  struct pages take ${formatBytes(totals.memmap)}; pmem disks: ${disks}`,
  ].join('\n');
}
