import * as vscode from 'vscode';
import type { RuleSet } from '../../reader';
import { cFilesUnder } from './c-files';
import { addConversions, convertText, withPreview } from './file-conversions';
import type { KernelTrees } from './kernel-trees';
import { reader } from './lazy-reader';
import { positionsIn } from './positions';
import type { LinkedLine } from './reading-documents';

/** How many files are read at once. */
const AT_ONCE = 16;
/** VS Code gives extensions no text that is longer. Bytes. */
const LONGEST_FILE = 50 << 20;

export interface Converted {
  readonly edit: vscode.WorkspaceEdit;
  readonly places: number;
  readonly files: number;
  /** What stays as it is, and why. */
  readonly left: readonly LinkedLine[];
  readonly looked: number;
}

/** Converts files and folders, in an edit that nothing has been done with yet. Undefined when it was called off. */
export async function convertFiles(
  trees: KernelTrees,
  targets: readonly vscode.Uri[],
  rules: RuleSet,
  token: vscode.CancellationToken,
  progress: (looked: number, places: number) => void,
): Promise<Converted | undefined> {
  const edit = new vscode.WorkspaceEdit();
  const left: LinkedLine[] = [];
  const isCancelled = () => token.isCancellationRequested;
  let [places, files, looked] = [0, 0, 0];

  const take = async (uri: vscode.Uri) => {
    const read = await textOf(uri);
    looked++;
    if (read === undefined) return;
    if ('reason' in read) {
      left.push({ text: read.reason, place: { uri, line: 1, column: 1 } });
      return;
    }
    const made = await convertText(trees, uri, read.text, rules, isCancelled);
    if (!made || (made.conversions.length === 0 && made.left.length === 0)) return;
    if (edit.size === 0 && made.conversions.length > 0) withPreview(edit, uri);
    await addConversions(edit, uri, read.text, made.conversions);
    const positionAt = positionsIn(read.text);
    places += made.conversions.length;
    files += made.conversions.length > 0 ? 1 : 0;
    for (const { at, rule, reason } of made.left) {
      const { line, character } = positionAt(at);
      left.push({ text: `${rule}: ${reason}`, place: { uri, line: line + 1, column: character + 1 } });
    }
  };

  for await (const uris of filesOf(targets, isCancelled)) {
    for (let i = 0; i < uris.length && !isCancelled(); i += AT_ONCE) {
      await Promise.all(uris.slice(i, i + AT_ONCE).map(take));
    }
    progress(looked, places);
  }
  if (isCancelled()) return undefined;
  left.sort((a, b) => order(a.place!, b.place!));
  return { edit, places, files, left, looked };
}

type Place = NonNullable<LinkedLine['place']>;
const order = (a: Place, b: Place) =>
  a.uri.path === b.uri.path ? a.line - b.line || a.column - b.column : a.uri.path < b.uri.path ? -1 : 1;

async function* filesOf(
  targets: readonly vscode.Uri[],
  isCancelled: () => boolean,
): AsyncGenerator<readonly vscode.Uri[]> {
  for (const target of targets) {
    const { type } = await vscode.workspace.fs.stat(target);
    if ((type & vscode.FileType.Directory) === 0) yield [target];
    else yield* cFilesUnder(target, isCancelled);
  }
}

type Text = { text: string } | { reason: string };

/** The text of a file as an editor would show it; undefined where it has nothing to convert. */
async function textOf(uri: vscode.Uri): Promise<Text | undefined> {
  // What somebody is typing is what will be changed.
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (open) return textShown(open);
  let bytes: Uint8Array;
  try {
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    return { reason: vscode.l10n.t('it cannot be read: {0}', String(error)) };
  }
  const { CONVERTED_WORDS, WordSearch } = await reader();
  search ??= new WordSearch(CONVERTED_WORDS);
  if (search.find(bytes) === 0) return undefined;
  if (bytes.length > LONGEST_FILE)
    return { reason: vscode.l10n.t('it is longer than 50 MB, more than VS Code gives extensions') };
  // Old kernel files are Latin-1. VS Code reads them as its settings say, and writes them so.
  return utf8(bytes) ?? textShown(await vscode.workspace.openTextDocument(uri));
}

let search: { find: (bytes: Uint8Array) => number } | undefined;

/** The text of a document, unless saving it would write other bytes than those it was read from. */
async function textShown(document: vscode.TextDocument): Promise<Text> {
  const text = document.getText();
  // What an editor shows for bytes that are none of its encoding. A file in UTF-8 may also hold it as a character.
  if (!text.includes('\ufffd') || document.isUntitled) return { text };
  if (utf8(await vscode.workspace.fs.readFile(document.uri))) return { text };
  return {
    reason: vscode.l10n.t(
      'it is not UTF-8, and saving it would change other bytes: set files.encoding for it, or use the command line',
    ),
  };
}

function utf8(bytes: Uint8Array): { text: string } | undefined {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return undefined;
  }
}
