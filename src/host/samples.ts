import * as vscode from 'vscode';
import { readDocument } from '../model/document';
import type { Session } from './session';

/** The machines that come with the extension: files in media/presets, read where the extension is. */
export class Samples {
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
  ) {}

  /** The sample that a first start shows. */
  async openFirst(): Promise<void> {
    await this.open('pageless-bio.bioscope.json');
  }

  /** Lets the user choose; false when nothing was chosen. */
  async pick(): Promise<boolean> {
    const folder = vscode.Uri.joinPath(this.extensionUri, 'media', 'presets');
    const index = JSON.parse(await text(vscode.Uri.joinPath(folder, 'index.json'))) as {
      file: string;
      title: string;
      detail: string;
    }[];
    const picked = await vscode.window.showQuickPick(
      index.map((entry) => ({ label: entry.title, detail: entry.detail, file: entry.file })),
      { title: vscode.l10n.t('Open Sample Machine'), matchOnDetail: true },
    );
    if (!picked) return false;
    await this.open(picked.file);
    return true;
  }

  private async open(file: string): Promise<void> {
    const uri = vscode.Uri.joinPath(this.extensionUri, 'media', 'presets', file);
    const read = readDocument(await text(uri));
    if (!read.ok) throw new Error(`${file}: ${read.problems[0]?.message ?? ''}`);
    await this.session.open(
      read.document,
      read.warnings.map((w) => w.message),
    );
  }
}

async function text(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
