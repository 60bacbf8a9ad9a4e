import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIomem } from '../../capture/iomem';
import { formatProblem } from '../../capture/problem';
import { readDmaEvents } from '../../capture/trace/dma';
import { readTraceFile, traceCase, type TraceFile } from '../../capture/trace';
import { phys } from '../../model/address';
import type { KernelChoice } from '../../model/flavour';
import type { MemoryRange } from '../../model/machine-spec';
import type { Beside, Case } from './case';
import { daxCases } from './dax-cases';
import { dmaCases } from './dma-cases';
import { dmaMachine } from './dma-machine';
import { checkerOf } from './registry';
import { traceCases } from './trace-cases';

/** What one capture gave: its cases, or why there are none. */
export interface Checked {
  readonly path: string;
  readonly cases: readonly Case[];
  /** No case could be made, because something has no model. */
  readonly unmodelled?: string;
}

/** Every file under a directory that can be checked, in the order of their names. */
export async function capturesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isCapture(entry.parentPath, entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isCapture(folder: string, name: string): boolean {
  return (
    checkerOf(name) !== undefined ||
    /\.trace\.txt$/.test(name) ||
    (basename(folder) === 'traces' && name.endsWith('.txt'))
  );
}

export async function checkFile(path: string): Promise<Checked> {
  const text = await readFile(path, 'utf8');
  const checker = checkerOf(basename(path));
  if (checker) {
    return { path, cases: [...checker(text, path, besideOf(path))] };
  }
  // The formats of the events are among the traces, but hold none.
  if (!/^# (?:trace:|entries-in-buffer)/m.test(text)) return { path, cases: [] };
  const trace = readTraceFile(text, path);
  if (!trace.ok) return failed(path, 'a readable trace', trace.problems.map(formatProblem)[0] ?? '');
  try {
    const context = await contextOf(path, trace.value);
    const made = traceCase(trace.value, { name: basename(path, '.txt'), ...context });
    const beside = besideOf(path);
    const ram = (context.ranges ?? []).filter(({ kind }) => kind === 'ram').map(({ end }) => phys(end));
    const machine = dmaMachine(beside('cmdline.txt'), beside('dmesg-selected.txt'), Math.max(0, ...ram));
    const mapped = context.kernel.flavour === '6.12' ? [...dmaCases(readDmaEvents(text), machine)] : [];
    mapped.push(...daxCases(text, basename(path)));
    return typeof made === 'string'
      ? { path, cases: mapped, unmodelled: made }
      : { path, cases: [...traceCases(made, await releaseOf(path)), ...mapped] };
  } catch (error) {
    // One machine that cannot be run must not hide what the others do.
    return failed(
      path,
      'a machine that runs',
      error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    );
  }
}

function besideOf(path: string): Beside {
  return (name) => {
    const file = join(dirname(path), name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
}

/** The release of today's kernels, from `uname -a` beside the traces. */
async function releaseOf(path: string): Promise<string | undefined> {
  const [uname] = await texts(dirname(path), ['uname.txt']);
  return /^Linux \S+ (\d+\.\d+\S*)/.exec(uname ?? '')?.[1];
}

function failed(path: string, expected: string, got: string): Checked {
  return { path, cases: [{ name: 'run', agrees: false, expected, got }] };
}

async function contextOf(path: string, trace: TraceFile) {
  const folder = dirname(path);
  const beside = /\.trace\.txt$/.test(path)
    ? await texts(folder, ['queue-limits.txt', 'dm.txt', 'mdadm.txt'])
    : [];
  const siblings = trace.facts.disks.size > 0 && trace.facts.md.size > 0 ? [] : await siblingsOf(path);
  const root = basename(folder) === 'traces' ? dirname(folder) : folder;
  const maps = (await readdir(root)).filter((name) => /^iomem.*\.txt$/.test(name)).sort();
  // Of several stages, the one where the pmem driver has its memory.
  const iomem = await texts(root, [maps.find((name) => name.includes('nd_pmem')) ?? maps.at(-1) ?? '']);
  const ranges = memoryOf(iomem);
  return { kernel: kernelOf(root), beside, siblings, ...(ranges ? { ranges } : {}), pmemPages: !isOld(root) };
}

/** The folders are named by what ran in them. */
function kernelOf(root: string): KernelChoice {
  if (!isOld(root)) return { flavour: '6.12' };
  return /^v1-/.test(basename(root)) ? { flavour: '4.1-pfn', posting: 'v1' } : { flavour: '4.1' };
}

function isOld(root: string): boolean {
  return !/^(?:run6|tier-6)/.test(basename(root));
}

function memoryOf(iomem: readonly string[]): readonly MemoryRange[] | undefined {
  const [text] = iomem;
  const read = text === undefined ? undefined : readIomem(text);
  return read?.ok ? read.value.ranges : undefined;
}

async function siblingsOf(path: string): Promise<TraceFile[]> {
  const folder = dirname(path);
  const names = (await readdir(folder))
    .filter((name) => isCapture(folder, name) && name !== basename(path))
    .sort();
  const read = (await texts(folder, names)).map((text) => readTraceFile(text, folder));
  return read.flatMap((r) => (r.ok && r.value.facts.disks.size > 1 ? [r.value] : []));
}

async function texts(folder: string, names: readonly string[]): Promise<string[]> {
  const read = names.map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined));
  return (await Promise.all(read)).filter((text) => text !== undefined);
}
