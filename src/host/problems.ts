import * as vscode from 'vscode';
import { plainText } from './plain-text';

/**
 * Says what is wrong: one line in the notification, all of it in a text document on request. Nobody waits for it:
 * a notification stays until it is closed.
 */
export function showProblems(title: string, lines: readonly string[]): void {
  void show(title, lines);
}

async function show(title: string, lines: readonly string[]): Promise<void> {
  const more = lines.length > 1 ? [vscode.l10n.t('Show All ({0})', lines.length)] : [];
  const picked = await vscode.window.showErrorMessage(plainText(`${title}: ${lines[0] ?? ''}`), ...more);
  if (picked === undefined) return;
  const document = await vscode.workspace.openTextDocument({ content: `${title}\n\n${lines.join('\n')}\n` });
  await vscode.window.showTextDocument(document);
}
