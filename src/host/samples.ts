import * as vscode from 'vscode';
import { readDocument, type ReadResult } from '../model/document';
import type { BioscopeDocument } from '../model/machine-spec';
import type { Session } from './session';

type Sample = Extract<ReadResult, { ok: true }>;

/** The machines that come with the extension: files in media/presets, read where the extension is. */
export class Samples {
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
  ) {}

  /** The sample that a first start shows. */
  async openFirst(): Promise<void> {
    await this.show(await this.read('pageless-bio.bioscope.json'));
  }

  /** Lets the user choose; false when nothing was chosen. */
  async pick(): Promise<boolean> {
    const read = await this.chosen();
    if (!read) return false;
    await this.show(read);
    return true;
  }

  /** Lets the user choose a sample for something else than to open it. */
  async choose(): Promise<BioscopeDocument | undefined> {
    return (await this.chosen())?.document;
  }

  private async chosen(): Promise<Sample | undefined> {
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
    return picked && this.read(picked.file);
  }

  private async read(file: string): Promise<Sample> {
    const uri = vscode.Uri.joinPath(this.extensionUri, 'media', 'presets', file);
    const read = readDocument(await text(uri));
    if (!read.ok) throw new Error(`${file}: ${read.problems[0]?.message ?? ''}`);
    return read;
  }

  private async show({ document, warnings }: Sample): Promise<void> {
    await this.session.open(
      document,
      warnings.map(({ message }) => message),
    );
  }
}

async function text(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
