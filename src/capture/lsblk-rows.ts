import { type JsonObject, objectsOf, readJson } from './json';
import { cleanLines } from './lines';
import type { CaptureProblem, Captured } from './problem';

/** One device where lsblk printed it: a device under several parents has several rows. */
export interface LsblkRow {
  readonly line: number;
  readonly parent: LsblkRow | undefined;
  /** By column, in lower case; empty values are absent, booleans are "1" and "0". */
  readonly values: ReadonlyMap<string, string>;
}

/** The rows of `lsblk -J`. */
export function jsonRows(text: string, file: string): Captured<LsblkRow[]> {
  const json = readJson(text, file);
  if (!json.ok) return json;
  const rows: LsblkRow[] = [];
  const walk = (object: JsonObject, parent: LsblkRow | undefined) => {
    const row = { line: object.line, parent, values: valuesOf(object) };
    rows.push(row);
    for (const child of objectsOf(object.members.get('children'))) walk(child, row);
  };
  const lists = json.value
    .flatMap((document) => objectsOf(document))
    .map((o) => o.members.get('blockdevices'));
  for (const list of lists) for (const object of objectsOf(list)) walk(object, undefined);
  if (lists.some((list) => list !== undefined)) return { ok: true, value: rows, warnings: [] };
  const message = 'no "blockdevices" in it: expected what "lsblk -J -b -O" prints';
  return { ok: false, problems: [{ file, line: 1, message }] };
}

function valuesOf(object: JsonObject): Map<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of object.members) {
    const one = Array.isArray(value) ? value.find((item) => typeof item === 'string') : value;
    const text =
      typeof one === 'boolean'
        ? one
          ? '1'
          : '0'
        : typeof one === 'string'
          ? one
          : typeof one === 'object' && one !== null && 'digits' in one
            ? one.digits
            : undefined;
    if (text !== undefined && text !== '') values.set(key.toLowerCase(), text);
  }
  return values;
}

interface Column {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The rows of `lsblk`, `lsblk -t` or `lsblk -o …` as a table; the first column is NAME. */
export function tableRows(text: string, file: string): Captured<LsblkRow[]> {
  const problems: CaptureProblem[] = [];
  const [head, ...body] = cleanLines(text);
  if (!head || !/^NAME\s+\S/.test(head.text) || head.text.length > 2048) {
    const message = 'expected a first line "NAME MAJ:MIN …", as "lsblk" and "lsblk -t" print it';
    return { ok: false, problems: [{ file, line: head?.number ?? 1, message }] };
  }
  const columns = words(head.text).map(({ text: name, start, end }) => ({
    name: name.toLowerCase(),
    start,
    end,
  }));
  const rows: LsblkRow[] = [];
  const path: { depth: number; row: LsblkRow }[] = [];
  for (const { number, text: line } of body) {
    if (line.length > 4096) {
      problems.push({ file, line: number, message: 'the line is too long for a table of lsblk' });
      break;
    }
    const branch = /^[\s|`├└│─-]*/.exec(line)![0];
    // More mount points of the device above stand alone in their column.
    if (branch.length >= columns[1]!.start) continue;
    while (path.length > 0 && path.at(-1)!.depth >= branch.length) path.pop();
    const values = cells(' '.repeat(branch.length) + line.slice(branch.length), columns);
    const row: LsblkRow = { line: number, parent: path.at(-1)?.row, values };
    if (!values.has('name'))
      problems.push({ file, line: number, message: 'expected a device name in the first column' });
    else if (values.size < 2)
      problems.push({ file, line: number, message: 'expected values under the columns of the first line' });
    rows.push(row);
    path.push({ depth: branch.length, row });
    if (problems.length >= 20) break;
  }
  if (rows.length === 0 && problems.length === 0)
    problems.push({
      file,
      line: head.number,
      message: 'no device below the first line: the text is cut off',
    });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: rows, warnings: [] };
}

/** A word belongs to the column whose heading stands over it; one under none goes on with the word before it. */
function cells(line: string, columns: readonly Column[]): Map<string, string> {
  const values = new Map<string, string>();
  let current = columns[0]!;
  for (const word of words(line)) {
    const over = columns.find((column) => word.start < column.end && word.end > column.start);
    const before = values.get((over ?? current).name);
    current = over ?? current;
    values.set(current.name, before === undefined ? word.text : `${before} ${word.text}`);
  }
  return values;
}

function words(line: string): { text: string; start: number; end: number }[] {
  return [...line.matchAll(/\S+/g)].map((m) => ({ text: m[0], start: m.index, end: m.index + m[0].length }));
}
