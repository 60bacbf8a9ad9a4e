import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The C files under a folder, by their paths from it, folder by folder. Links and hidden folders are left out. */
export function* cFilesUnder(top: string): Generator<string[]> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const files: string[] = [];
    for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
      const { name } = entry;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (!name.startsWith('.')) folders.push(path);
      } else if (entry.isFile() && (name.endsWith('.c') || name.endsWith('.h'))) files.push(path);
    }
    if (files.length > 0) yield files;
  }
}
