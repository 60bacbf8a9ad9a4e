import type { Storage } from '../model/memory-facts';
import { type LsblkRow, jsonRows, tableRows } from './lsblk-rows';
import { printedSize } from './printed-size';
import type { CaptureProblem, Captured } from './problem';

/** A device of lsblk; `on` names the devices above it in the tree, `sizeSlack` how far a rounded size may be off. */
export interface LsblkDevice {
  readonly storage: Storage;
  readonly sizeSlack: number;
  /** Its name in /sys/block: "dm-0" where the storage is called "wc". */
  readonly kernelName: string;
}

export type LsblkCapture = readonly LsblkDevice[];

/** Columns that are files in /sys/block/DISK/queue (or, alignment, beside it) under their names there. */
const LIMITS: readonly (readonly [string, string])[] = [
  ['alignment', 'alignment_offset'],
  ['min-io', 'minimum_io_size'],
  ['opt-io', 'optimal_io_size'],
  ['phy-sec', 'physical_block_size'],
  ['log-sec', 'logical_block_size'],
  ['sched', 'scheduler'],
  ['rq-size', 'nr_requests'],
  ['ra', 'read_ahead_kb'],
  ['disc-gran', 'discard_granularity'],
  ['disc-max', 'discard_max_bytes'],
  ['wsame', 'write_same_max_bytes'],
  ['zoned', 'zoned'],
];

/** Reads `lsblk -J` (any options) or a table of lsblk. The same device under several parents becomes one. */
export function readLsblk(text: string, file = 'lsblk'): Captured<LsblkCapture> {
  const rows = /^\s*\{/.test(text) ? jsonRows(text, file) : tableRows(text, file);
  if (!rows.ok) return rows;
  const problems: CaptureProblem[] = [];
  const merged = new Map<string, { storage: Storage; sizeSlack: number; row: LsblkRow }>();
  for (const row of rows.value) {
    const name = nameOf(row);
    if (name === undefined) {
      problems.push({ file, line: row.line, message: 'a device has no "name" (and no "kname")' });
      if (problems.length >= 20) break;
      continue;
    }
    const number = row.values.get('maj:min');
    if (number !== undefined && !/^\d{1,4}:\d{1,8}$/.test(number)) {
      problems.push({
        file,
        line: row.line,
        message: `${name.slice(0, 40)}: "${number.slice(0, 40)}" is no major:minor`,
      });
      continue;
    }
    const key = number ?? row.values.get('kname') ?? name;
    const parent = row.parent && nameOf(row.parent);
    const before = merged.get(key);
    if (before) {
      if (parent !== undefined) before.storage.on = [...new Set([...(before.storage.on ?? []), parent])];
      continue;
    }
    const size = printedSize(row.values.get('size') ?? '');
    const storage = storageOf(row, name, parent);
    merged.set(key, {
      row,
      storage: { ...storage, ...(size ? { bytes: size.bytes } : {}) },
      sizeSlack: size?.slack ?? 0,
    });
  }
  if (problems.length > 0) return { ok: false, problems };
  const value = [...merged.values()].map(({ row, storage, sizeSlack }) => ({
    storage,
    sizeSlack,
    kernelName: row.values.get('kname') ?? storage.name,
  }));
  const rounded = [...merged.values()].find((device) => device.sizeSlack > 0);
  const warnings: CaptureProblem[] = [];
  if (value.length === 0) warnings.push({ file, line: 1, message: 'lsblk lists no device' });
  if (rounded) {
    const message = 'lsblk rounded the sizes: "lsblk -J -b -O" prints them in bytes';
    warnings.push({ file, line: rounded.row.line, message });
  }
  return { ok: true, value, warnings };
}

function nameOf({ values }: LsblkRow): string | undefined {
  const name = values.get('name') ?? values.get('kname');
  return name?.replace(/^\/dev\/(?:mapper\/)?/, '').slice(0, 256);
}

function storageOf({ values }: LsblkRow, name: string, parent: string | undefined): Storage {
  const number = values.get('maj:min');
  const type = values.get('type');
  const mountpoint = values.get('mountpoint') ?? values.get('mountpoints');
  const filesystem = values.get('fstype');
  const rotational = flag(values.get('rota'));
  const dax = flag(values.get('dax'));
  const start = values.get('start');
  const limits: Record<string, number | string> = {};
  for (const [column, file] of LIMITS) {
    const value = values.get(column);
    if (value !== undefined) limits[file] = limitOf(value);
  }
  return {
    name,
    ...(number === undefined ? {} : { number }),
    ...(type === undefined ? {} : { type }),
    ...(parent === undefined ? {} : { on: [parent] }),
    ...(mountpoint === undefined ? {} : { mountpoint }),
    ...(filesystem === undefined ? {} : { filesystem }),
    ...(rotational === undefined ? {} : { rotational }),
    ...(dax === undefined ? {} : { dax }),
    ...(start !== undefined && /^\d{1,13}$/.test(start) ? { start: Number(start) } : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  };
}

function flag(text: string | undefined): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}

function limitOf(text: string): number | string {
  if (/^-\d{1,9}$/.test(text)) return Number(text);
  const size = printedSize(text);
  return size?.slack === 0 ? size.bytes : text;
}
