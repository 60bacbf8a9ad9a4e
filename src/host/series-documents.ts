import * as vscode from 'vscode';
import type { SeriesFile, SeriesNode } from '../catalogue/series';

const SCHEME = 'bioscope-series';
const PAGE = '/The series.md';

const series = () => import('../catalogue/series');

/** The series as read-only pages, and the way from a row of it to the file in the workspace. */
export class SeriesDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly subscription = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { SERIES_FILES, seriesFile, seriesFilePage, seriesPage } = await series();
    const row = seriesFile(uri.path.slice(1, -'.md'.length));
    return row ? seriesFilePage(row) : seriesPage(SERIES_FILES);
  }

  async showPage(): Promise<void> {
    await preview(PAGE);
  }

  /** `of`: a row of the tree, or a path; asks where it is neither. */
  async showFacts(of: unknown): Promise<void> {
    const row = await rowOf(of);
    if (row) await preview(`/${row.file}.md`);
  }

  /** Opens the file where the workspace has it, under its name of 4.1 or of 6.12; else what there is to know of it. */
  async open(of: unknown): Promise<void> {
    const row = await rowOf(of);
    if (!row) return;
    const found = await inWorkspace([row.file, row.today.path]);
    if (found) await vscode.window.showTextDocument(found);
    else await preview(`/${row.file}.md`);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

/** The row somebody means: one of the tree, a path, or what is then chosen. */
export async function rowOf(
  of: unknown,
  among: (row: SeriesFile) => boolean = () => true,
): Promise<SeriesFile | undefined> {
  const { SERIES_FILES, seriesFile, OUTCOME } = await series();
  if (typeof of === 'string') return seriesFile(of);
  if (typeof of === 'object' && of !== null && 'file' in of) return (of as SeriesNode).file;
  const picked = await vscode.window.showQuickPick(
    SERIES_FILES.filter(among).map((row) => ({
      label: row.file,
      description: OUTCOME[row.pageless.outcome],
      detail: row.touches,
      row,
    })),
    { title: vscode.l10n.t('A file of the series'), matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.row;
}

async function preview(path: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path });
  // Its command is not in getCommands() before the first use wakes the extension.
  if (vscode.extensions.getExtension('vscode.markdown-language-features'))
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  else await vscode.window.showTextDocument(uri);
}

async function inWorkspace(paths: readonly (string | undefined)[]): Promise<vscode.Uri | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const path of paths) {
      if (path === undefined) continue;
      const candidate = vscode.Uri.joinPath(uri, path);
      try {
        await vscode.workspace.fs.stat(candidate);
        return candidate;
      } catch {
        // Not in this folder: the next one may have it.
      }
    }
  }
  return undefined;
}
