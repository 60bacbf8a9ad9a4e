import * as vscode from 'vscode';

/** Says what is wrong: one line in the notification, all of it in a text document on request. */
export async function showProblems(title: string, lines: readonly string[]): Promise<void> {
  const more = lines.length > 1 ? [vscode.l10n.t('Show All ({0})', lines.length)] : [];
  const picked = await vscode.window.showErrorMessage(`${title}: ${lines[0] ?? ''}`, ...more);
  if (picked === undefined) return;
  const document = await vscode.workspace.openTextDocument({ content: `${title}\n\n${lines.join('\n')}\n` });
  await vscode.window.showTextDocument(document);
}
