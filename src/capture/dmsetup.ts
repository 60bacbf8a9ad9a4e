import type { Storage } from '../model/memory-facts';
import { cleanLines } from './lines';
import type { CaptureProblem, Captured } from './problem';

type DmTarget = NonNullable<Storage['table']>[number];

/** Tables by device name; "" is what was printed without one (`dmsetup table NAME`). */
export type DmTables = ReadonlyMap<string, readonly DmTarget[]>;

const LINE = /^(?:(\S{1,128}): )?(\d{1,20}) (\d{1,20}) ([a-z][\w-]{0,63})(?: (.*))?$/;
const EXPECTED =
  'expected "NAME: START LENGTH TARGET ARGUMENTS" in sectors of 512 bytes, as "dmsetup table" prints it';

/** Reads `dmsetup table`. A device's lines must follow each other without a gap, as the kernel demands. */
export function readDmsetup(text: string, file = 'dmsetup table'): Captured<DmTables> {
  const problems: CaptureProblem[] = [];
  const problem = (line: number, message: string) => problems.push({ file, line, message });
  const tables = new Map<string, DmTarget[]>();
  let nothing = false;
  for (const { number, text: line } of cleanLines(text)) {
    if (line === 'No devices found') {
      nothing = true;
      continue;
    }
    const match = line.length > 65536 ? null : LINE.exec(line);
    if (!match) {
      // A device without a live table prints its name only.
      if (/^\S{1,128}:$/.test(line.trimEnd())) tables.set(line.slice(0, -1), []);
      else problem(number, EXPECTED);
      if (problems.length >= 20) break;
      continue;
    }
    const [name, start, sectors] = [match[1] ?? '', Number(match[2]), Number(match[3])];
    const table = tables.get(name) ?? [];
    const before = table.at(-1);
    const expected = before ? before.start + before.sectors : 0;
    if (!Number.isSafeInteger(start + sectors) || sectors === 0)
      problem(number, `no device has such a range of sectors: ${start} + ${sectors}`);
    else if (start !== expected)
      problem(number, `the target starts at sector ${start}, where the one before ends at ${expected}`);
    table.push({ start, sectors, type: match[4]!, args: withoutKey(match[4]!, (match[5] ?? '').trim()) });
    tables.set(name, table);
    if (problems.length >= 20) break;
  }
  if (tables.size === 0 && problems.length === 0 && !nothing) problem(1, `the text is empty: ${EXPECTED}`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: tables, warnings: [] };
}

/** `--showkeys` prints the key of an encrypted disk: it must not get into a document that people share. */
function withoutKey(type: string, args: string): string {
  return type === 'crypt' ? args.replace(/^(\S+ )[0-9a-fA-F]+(?= |$)/, '$1(key)') : args;
}
