import * as vscode from 'vscode';
import { C_LANGUAGE_IDS } from './names';

/** VS Code takes kernel headers for C++. */
export const C_LANGUAGES: readonly vscode.DocumentFilter[] = C_LANGUAGE_IDS.map((language) => ({ language }));

/** Texts that only show what was somewhere else or before: a mark in them could not be acted on. */
const COPIES = /^(?:git|gitfs|gitlens|review|svn|hg|output|debug|vscode-local-history|bioscope)/;

export function isOwnC(document: vscode.TextDocument): boolean {
  return C_LANGUAGE_IDS.includes(document.languageId) && !COPIES.test(document.uri.scheme);
}

export function rangeOf(
  document: vscode.TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
