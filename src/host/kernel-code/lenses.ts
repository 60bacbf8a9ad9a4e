import * as vscode from 'vscode';
import type { Lens } from '../../reader';
import { isOwnC } from './c-documents';
import { reader } from './lazy-reader';
import { commandUri } from './command-uri';
import type { LinkedLine, ReadingDocuments } from './reading-documents';

/** Above DMA operations and the functions that take requests: how they stand to memory without a struct page. */
export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('bioscope.codeLens')) this.changed.fire();
  });

  constructor(private readonly documents: ReadingDocuments) {}

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const settings = vscode.workspace.getConfiguration('bioscope', document);
    if (!settings.get('codeLens.enabled', true) || !isOwnC(document)) return [];
    const { lensesOf } = await reader();
    return lensesOf(document.getText(), document.uri.path).map((lens) => {
      const at = document.positionAt(lens.at);
      return new vscode.CodeLens(new vscode.Range(at, at), {
        command: 'bioscope.explainLens',
        title: `$(pulse) ${lens.title}`,
        tooltip: vscode.l10n.t('Show where this comes from'),
        arguments: [document.uri.toString(), at.line],
      });
    });
  }

  /** What a lens rests on, line by line, and the way to the picture. */
  async explain(uri?: unknown, line?: unknown): Promise<void> {
    if (typeof uri !== 'string' || typeof line !== 'number') return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
    const { lensesOf } = await reader();
    const lens = lensesOf(document.getText(), document.uri.path).find(
      ({ at }) => document.positionAt(at).line === line,
    );
    if (!lens) return;
    await this.documents.show(vscode.l10n.t('How memory is reached'), [
      linked(document, { at: lens.at, text: lens.title }),
      { text: '' },
      ...lens.told.map((one) => linked(document, one)),
      { text: '' },
      pictureLine(lens),
    ]);
  }

  dispose(): void {
    this.changed.dispose();
    this.subscription.dispose();
  }
}

function pictureLine({ picture }: Lens): LinkedLine {
  const said =
    picture === 'dma'
      ? vscode.l10n.t('Show in Bioscope: one request, mapped by each implementation of the DMA operations')
      : vscode.l10n.t('Show in Bioscope: an I/O from its pages to its disk');
  return { text: said, command: commandUri('showPicture', picture) };
}

function linked(document: vscode.TextDocument, { text, at }: Lens['told'][number]): LinkedLine {
  if (at === undefined) return { text };
  const { line, character } = document.positionAt(at);
  return { text, place: { uri: document.uri, line: line + 1, column: character + 1 } };
}
