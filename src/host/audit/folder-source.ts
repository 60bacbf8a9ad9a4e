import * as vscode from 'vscode';
import type { AuditSource } from '../../reader/audit';

/** Folders listed at once, and files looked at at once: a far file system answers slowly, but many at a time. */
export const WIDTH = 16;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const BYTES = new TextDecoder('latin1');

/** How long other work may have to wait for ours, ms. */
const SLICE = 10;

/** The C files of a folder wherever it is: on a disk, on another machine, in the browser. */
export function folderSource(
  top: vscode.Uri,
  under: string,
  token: { readonly stopped: boolean },
): AuditSource {
  const { fs } = vscode.workspace;
  const at = (path: string) => (path === '' ? top : vscode.Uri.joinPath(top, path));
  const breathe = breathing();
  return {
    async list() {
      const found: string[] = [];
      const folders = [under];
      const look = async (folder: string) => {
        for (const [name, type] of await entriesOf(at(folder))) {
          const path = folder === '' ? name : `${folder}/${name}`;
          // Links and hidden folders are left out.
          if (type === vscode.FileType.Directory && !name.startsWith('.')) folders.push(path);
          else if (type === vscode.FileType.File && /\.[ch]$/.test(name)) found.push(path);
        }
      };
      while (folders.length > 0 && !token.stopped) await Promise.all(folders.splice(0, WIDTH).map(look));
      return found;
    },
    async state(path) {
      const { size, mtime } = await fs.stat(at(path));
      return { size, mtime: Math.floor(mtime) };
    },
    async read(path) {
      await breathe();
      return fs.readFile(at(path));
    },
    decode(bytes) {
      try {
        return UTF8.decode(bytes);
      } catch {
        return BYTES.decode(bytes);
      }
    },
  };
}

async function entriesOf(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return []; // Gone, or not ours to read.
  }
}

/** Lets others in after each slice of time, even where every answer is there at once. */
function breathing(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
