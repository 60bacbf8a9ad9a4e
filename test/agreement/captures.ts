import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, 'captures');

export function capture(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Paths of all captures whose name matches, relative to the captures folder. */
export function captures(name: RegExp): string[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** Rows of a CSV whose fields are `key=value` or plain; the first `plain` ones are positional. */
export function fields(row: string): Record<string, string> {
  return Object.fromEntries(
    row.split(',').map((field, i) => {
      const at = field.indexOf('=');
      return at < 0 ? [String(i), field] : [field.slice(0, at), field.slice(at + 1)];
    }),
  );
}
