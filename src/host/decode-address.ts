import * as vscode from 'vscode';
import type { Reading } from '../engine/decode';
import { parseWords } from '../engine/pfn';
import { plainText } from './plain-text';
import type { Session } from './session';

/** What somebody chose to do with a decoded number. */
export type DecodeChoice = { readonly show: number } | { readonly compare: number };

/**
 * "Decode Address…": takes the number that is given, selected or under the cursor, or asks for one, and lists
 * what it can be on the open machine. `undefined` when nothing was chosen that leads anywhere.
 */
export async function decodeAddress(session: Session, given?: unknown): Promise<DecodeChoice | undefined> {
  const { document } = session;
  if (!document) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Open or import a machine first.'));
    return undefined;
  }
  const { machineOf, numberAt, textReadings } = await import('../engine/decode');
  const text = (typeof given === 'string' ? given : numberInEditor(numberAt)) ?? (await ask());
  if (text === undefined) return undefined;
  const { words, readings } = textReadings(text, machineOf(document.machine));
  if (words.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('This is no number of at most 64 bits: {0}', plainText(text.slice(0, 40))),
    );
    return undefined;
  }
  return pick(text.trim(), document.machine.name, readings);
}

/** The number that is selected, or else the one the cursor touches. */
function numberInEditor(numberAt: (line: string, column: number) => string | undefined): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  if (!selection.isEmpty) {
    const text = selection.isSingleLine ? document.getText(selection).trim() : '';
    return parseWords(text).length > 0 ? text : undefined;
  }
  const { line, character } = selection.active;
  const text = numberAt(document.lineAt(line).text, character);
  return text !== undefined && parseWords(text).length > 0 ? text : undefined;
}

function ask(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Decode an address, a pfn or a __pfn_t word'),
    prompt: vscode.l10n.t('64 bits, in hexadecimal or decimal'),
    placeHolder: '0x0000000100000004',
    validateInput: (value) =>
      value === '' || parseWords(value).length > 0
        ? undefined
        : vscode.l10n.t('Expected at most 64 bits, such as 0x100000004'),
  });
}

interface Item extends vscode.QuickPickItem {
  readonly reading?: Reading;
}

const compareButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('table'),
  tooltip: vscode.l10n.t('Compare helpers for this page'),
});

function pick(
  text: string,
  machine: string,
  readings: readonly Reading[],
): Promise<DecodeChoice | undefined> {
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const possible = readings.filter((reading) => reading.possible);
  const list = vscode.window.createQuickPick<Item>();
  list.title = vscode.l10n.t('{0} on {1}', text, machine);
  list.placeholder =
    possible.length > 0
      ? vscode.l10n.t('Choose a reading to see its page in the explorer')
      : vscode.l10n.t('Nothing that this number can be exists on this machine');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = [
    separator(vscode.l10n.t('possible')),
    ...possible.map(item),
    separator(vscode.l10n.t('not possible')),
    ...readings.filter((reading) => !reading.possible).map(item),
  ];
  return new Promise((done) => {
    const finish = (choice: DecodeChoice | undefined) => {
      done(choice);
      list.dispose();
    };
    list.onDidAccept(() => {
      const reading = list.selectedItems[0]?.reading;
      finish(reading?.pfn === undefined ? undefined : { show: reading.pfn });
    });
    list.onDidTriggerItemButton(({ item: { reading } }) => {
      if (reading?.pfn !== undefined) finish({ compare: reading.pfn });
    });
    list.onDidHide(() => finish(undefined));
    list.show();
  });
}

function item(reading: Reading): Item {
  const { as, says, when, possible, why, pfn, reconstructed } = reading;
  return {
    label: `${possible ? '$(check)' : '$(dash)'} ${plainLabel(as)}`,
    description: [says, when, ...(reconstructed ? [vscode.l10n.t('reconstructed')] : [])]
      .filter(Boolean)
      .join(' · '),
    detail: plainLabel(why),
    buttons: pfn === undefined ? [] : [compareButton()],
    reading,
  };
}

/** `$(name)` in an item is an icon; a range of a document may be called so. */
function plainLabel(text: string): string {
  return text.replaceAll('$(', '$ (');
}
