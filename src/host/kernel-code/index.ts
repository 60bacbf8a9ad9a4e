import * as vscode from 'vscode';
import type { PictureName } from '../../protocol/view-state';
import type { Session } from '../session';
import { C_LANGUAGES } from './c-documents';
import { CONVERT_KINDS, ConvertActions } from './convert-actions';
import { ConvertCommand } from './convert-command';
import { Definitions } from './definitions';
import { Hazards } from './hazards';
import { KernelHovers } from './hovers';
import { KernelTrees } from './kernel-trees';
import type { KernelCodeCommand } from './names';
import { LazyParser } from './lazy-reader';
import { Lenses } from './lenses';
import { NameSource } from './name-source';
import { ReadingDocuments } from './reading-documents';

/** What each command does. */
export type KernelCodeCommands = Readonly<Record<KernelCodeCommand, (...args: never[]) => Promise<void>>>;

/** All that Bioscope does in an editor with kernel C. */
export function readKernelCode(
  context: vscode.ExtensionContext,
  session: Session,
  log: vscode.LogOutputChannel,
  showPicture: (picture: PictureName) => Promise<void>,
): KernelCodeCommands {
  const parser = new LazyParser(context.extensionUri, log);
  const trees = new KernelTrees();
  const documents = new ReadingDocuments();
  const definitions = new Definitions(parser, trees);
  const source = new NameSource(definitions, session);
  const lenses = new Lenses(documents);
  const conversion = new ConvertCommand(trees, documents);

  const showName = async () => {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const { document, selection } = editor;
    const found = await definitions.nameAt(document, selection.active);
    if (found) return showPicture(found.entry.picture);
    const range = document.getWordRangeAtPosition(selection.active);
    void vscode.window.showInformationMessage(
      range
        ? vscode.l10n.t('{0} is no kernel name that Bioscope knows at this place.', document.getText(range))
        : vscode.l10n.t('There is no name under the cursor.'),
    );
  };
  context.subscriptions.push(
    parser,
    trees,
    documents,
    lenses,
    source,
    new Hazards(trees, log),
    vscode.languages.registerHoverProvider(C_LANGUAGES, new KernelHovers(parser, trees, session)),
    vscode.languages.registerDefinitionProvider(C_LANGUAGES, definitions),
    vscode.languages.registerCodeLensProvider(C_LANGUAGES, lenses),
    vscode.languages.registerCodeActionsProvider(C_LANGUAGES, new ConvertActions(trees), {
      providedCodeActionKinds: CONVERT_KINDS,
    }),
  );
  return {
    showName,
    goToDefinition: (uri?: unknown, name?: unknown) => definitions.show(uri, name),
    showSource: (name?: unknown) => source.open(name),
    explainLens: (uri?: unknown, line?: unknown) => lenses.explain(uri, line),
    // The explorer's context menu gives what was clicked, and all that is selected.
    convert: (uri?: vscode.Uri, all?: readonly vscode.Uri[]) => conversion.run(all ?? (uri && [uri])),
    showLeftAlone: () => conversion.showLeft(),
  };
}
