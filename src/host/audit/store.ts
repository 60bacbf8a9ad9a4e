import * as vscode from 'vscode';
import type { AuditCache } from '../../reader/audit';
import { reader } from './run';

/** What the workspace's storage keeps of audits, a file a folder; without a workspace there is none. */
export class AuditStore {
  constructor(private readonly folder: vscode.Uri | undefined) {}

  /** @returns an empty cache where nothing is kept, or only what other rules found */
  async load(audited: vscode.Uri): Promise<AuditCache> {
    const { readCache } = await reader();
    const file = this.fileOf(audited);
    if (!file) return new Map();
    try {
      return readCache(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) ?? new Map();
    } catch {
      return new Map(); // There is none yet.
    }
  }

  async save(audited: vscode.Uri, cache: AuditCache): Promise<void> {
    const file = this.fileOf(audited);
    if (!file) return;
    const { writeCache } = await reader();
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(writeCache(cache)));
  }

  async forget(audited: vscode.Uri): Promise<void> {
    const file = this.fileOf(audited);
    if (!file) return;
    try {
      await vscode.workspace.fs.delete(file);
    } catch {
      // It was never kept.
    }
  }

  private fileOf(audited: vscode.Uri): vscode.Uri | undefined {
    return this.folder && vscode.Uri.joinPath(this.folder, `audit-${nameOf(audited.toString())}.json`);
  }
}

/** A file name for any text (FNV-1a, 64 bits in two halves). */
function nameOf(text: string): string {
  return [0x811c9dc5, 0x01000193]
    .map((start) => {
      let hash = start;
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}
