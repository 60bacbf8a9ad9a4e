import * as vscode from 'vscode';

/** A file system that is nowhere but in memory, as a virtual workspace has one. */
export class MemoryFiles implements vscode.FileSystemProvider {
  /** How often a file was read. */
  reads = 0;
  /** What is waited for before an answer. */
  gate: () => Promise<void> = () => Promise.resolve();
  private readonly files = new Map<string, { bytes: Uint8Array; mtime: number }>();
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  /** @param path from the root, with a slash in front */
  write(path: string, text: string): void {
    this.files.set(path, { bytes: new TextEncoder().encode(text), mtime: Date.now() });
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.files.get(path);
    if (file) return { type: vscode.FileType.File, ctime: 0, mtime: file.mtime, size: file.bytes.length };
    if (![...this.files.keys()].some((name) => name.startsWith(folder(path))))
      throw vscode.FileSystemError.FileNotFound();
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    const found = new Map<string, vscode.FileType>();
    for (const name of this.files.keys()) {
      if (!name.startsWith(folder(path))) continue;
      const [first = '', ...rest] = name.slice(folder(path).length).split('/');
      found.set(first, rest.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...found];
  }

  async readFile({ path }: vscode.Uri): Promise<Uint8Array> {
    const file = this.files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound();
    if (path.endsWith('.c')) this.reads++;
    await this.gate();
    return file.bytes;
  }

  writeFile({ path }: vscode.Uri, bytes: Uint8Array): void {
    this.files.set(path, { bytes, mtime: Date.now() });
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
}

const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`);
