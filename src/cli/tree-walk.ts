import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/**
 * The C files under a folder, folder by folder. Links and hidden folders are left out.
 *
 * @param under a folder inside `top` to start from
 * @param complain told of folders that cannot be read
 * @returns paths from `top`
 */
export function* cFilesUnder(
  top: string,
  under = '',
  complain: (problem: string) => void = () => undefined,
): Generator<string[]> {
  const list = (folder: string): Dirent[] => {
    try {
      return readdirSync(join(top, folder), { withFileTypes: true });
    } catch (error) {
      complain(`${folder}: ${(error as Error).message}`);
      return [];
    }
  };
  const folders = [under];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const files: string[] = [];
    for (const entry of list(folder)) {
      const { name } = entry;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (!name.startsWith('.')) folders.push(path);
      } else if (entry.isFile() && (name.endsWith('.c') || name.endsWith('.h'))) files.push(path);
    }
    if (files.length > 0) yield files;
  }
}
