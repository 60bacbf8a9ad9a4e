import * as vscode from 'vscode';

/** VS Code takes kernel headers for C++. */
export const C_LANGUAGES: readonly vscode.DocumentFilter[] = [{ language: 'c' }, { language: 'cpp' }];

/** Texts that only show what was somewhere else or before: a mark in them could not be acted on. */
const COPIES = /^(?:git|gitfs|gitlens|review|svn|hg|output|debug|vscode-local-history|bioscope)/;

export function isOwnC(document: vscode.TextDocument): boolean {
  return (
    C_LANGUAGES.some(({ language }) => language === document.languageId) && !COPIES.test(document.uri.scheme)
  );
}

export function rangeOf(
  document: vscode.TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
