import * as vscode from 'vscode';
import { reader } from './lazy-reader';
import { READING_SCHEME } from './names';

const HAZARD = /^\/hazards\/([\w-]+)\.txt$/;

/** The text about a hazard. It is part of the extension: nothing has to be fetched. */
export const hazardUri = (code: string) =>
  vscode.Uri.from({ scheme: READING_SCHEME, path: `/hazards/${code}.txt` });

/** A line of a text, and the place it is about. */
export interface LinkedLine {
  readonly text: string;
  readonly place?: { readonly uri: vscode.Uri; readonly line: number; readonly column: number };
  /** Makes a link of the whole line. */
  readonly command?: string;
}

/** Read-only texts about code, whose lines lead to the places they speak of. */
export class ReadingDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable
{
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  /** By path. After a reload there is none. */
  private readonly texts = new Map<string, readonly LinkedLine[]>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(READING_SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: READING_SCHEME }, this),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const code = HAZARD.exec(uri.path)?.[1];
    if (code !== undefined) {
      const { hazardText } = await reader();
      return hazardText(code) ?? vscode.l10n.t('There is no hazard called {0}.', code);
    }
    const lines = this.texts.get(uri.path);
    return lines
      ? lines.map((line) => lineText(line)).join('\n')
      : vscode.l10n.t('This text belonged to a window that was closed. Ask for it again.');
  }

  provideDocumentLinks({ uri }: vscode.TextDocument): vscode.DocumentLink[] {
    return (this.texts.get(uri.path) ?? []).flatMap(({ place, command, text }, row) => {
      if (command !== undefined) {
        return [
          new vscode.DocumentLink(new vscode.Range(row, 0, row, text.length), vscode.Uri.parse(command)),
        ];
      }
      if (!place) return [];
      const range = new vscode.Range(row, 0, row, placeText(place).length);
      return [new vscode.DocumentLink(range, place.uri.with({ fragment: `L${place.line},${place.column}` }))];
    });
  }

  /** @param name what the tab is called, without an ending */
  async show(name: string, lines: readonly LinkedLine[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: READING_SCHEME, path: `/${name.replaceAll('/', '-')}.txt` });
    this.texts.set(uri.path, lines);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function lineText({ text, place }: LinkedLine): string {
  return place ? `${placeText(place)}: ${text}` : text;
}

function placeText({ uri, line }: NonNullable<LinkedLine['place']>): string {
  return `${vscode.workspace.asRelativePath(uri)}:${line}`;
}
