import * as vscode from 'vscode';
import { readDocument, type ReadResult } from '../model/document';
import type { BioscopeDocument } from '../model/machine-spec';
import type { LessonEntry } from '../protocol/lesson-view';
import type { Session } from './session';

type Sample = Extract<ReadResult, { ok: true }>;

/** The machines and lessons that come with the extension: files in media/presets, read where the extension is. */
export class Samples {
  private lessons: readonly LessonEntry[] = [];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
  ) {}

  /** Reads the gallery; every view lists it from then on. */
  async readLessons(): Promise<void> {
    this.lessons = await this.list<LessonEntry>('lessons.json');
    this.session.setLessons(this.lessons);
  }

  /** Opens a lesson of the gallery, or lets the user choose one; false when there is no such, or none was chosen. */
  async openLesson(wanted?: unknown): Promise<boolean> {
    const entry = this.lessons.find(({ file }) => file === wanted) ?? (await this.pickLesson());
    if (!entry) return false;
    await this.show(await this.read(entry.file));
    return true;
  }

  private async pickLesson(): Promise<LessonEntry | undefined> {
    const picked = await vscode.window.showQuickPick(
      this.lessons.map((entry, n) => ({
        label: `${n + 1}. ${entry.title}`,
        description: entry.reconstructed ? vscode.l10n.t('reconstructed') : '',
        detail: entry.teaches,
        entry,
      })),
      {
        title: vscode.l10n.t('Open Scenario'),
        placeHolder: vscode.l10n.t('Each teaches one thing, in a few steps'),
        matchOnDetail: true,
      },
    );
    return picked?.entry;
  }

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
    const index = await this.list<{ file: string; title: string; detail: string }>('index.json');
    const picked = await vscode.window.showQuickPick(
      index.map((entry) => ({ label: entry.title, detail: entry.detail, file: entry.file })),
      { title: vscode.l10n.t('Open Sample Machine'), matchOnDetail: true },
    );
    return picked && this.read(picked.file);
  }

  private async list<T>(file: string): Promise<T[]> {
    return JSON.parse(await text(vscode.Uri.joinPath(this.extensionUri, 'media', 'presets', file))) as T[];
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
