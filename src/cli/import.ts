import { basename } from 'node:path';
import { readIomem } from '../capture/iomem';
import { formatProblem } from '../capture/problem';
import { PhysicalMap } from '../engine/memory/physical-map';
import { sampleWorkload } from '../engine/sample-workload';
import { formatBytes } from '../model/address';
import { DOCUMENT_VERSION, type BioscopeDocument } from '../model/machine-spec';
import { CliError, readText, type Output } from './output';

/** `import FILE…`: each file becomes a document; one file prints the document, several an array of them. */
export async function importFiles(args: string[]): Promise<Output> {
  if (args.length === 0) throw new CliError('expected at least one file with the text of /proc/iomem', 2);
  const warnings: string[] = [];
  const documents = [];
  for (const path of args) {
    const read = readIomem(await readText(path), path);
    if (!read.ok) throw new CliError(read.problems.map(formatProblem).join('\nbioscope: '));
    warnings.push(...read.warnings.map(formatProblem));
    const machine: BioscopeDocument['machine'] = {
      name: basename(path).replace(/\.[a-z]+$/i, ''),
      origin: basename(path),
      kernel: { flavour: '4.1-pfn', posting: 'v3' },
      memory: { ranges: read.value.ranges },
      devices: read.value.devices,
    };
    documents.push({
      bioscope: DOCUMENT_VERSION,
      machine,
      workload: sampleWorkload(machine),
    } satisfies BioscopeDocument);
  }
  return {
    text: documents.map(summary).join('\n'),
    json: documents.length === 1 ? documents[0] : documents,
    warnings,
  };
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
