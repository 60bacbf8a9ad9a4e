import * as vscode from 'vscode';
import type { Conversion, KnownHelper, LeftAlone, RuleSet } from '../../reader';
import type { KernelTrees } from './kernel-trees';
import { reader } from './lazy-reader';
import { positionsIn } from './positions';
import { inTimeSlices } from './time-slices';

/** What converting one file would come to. */
export interface FileConversions {
  readonly rules: RuleSet;
  readonly conversions: readonly Conversion[];
  readonly left: readonly LeftAlone[];
}

/** The rules that suit a kernel: those of 2015 where the block layer is that of 2015. */
export async function rulesFor(trees: KernelTrees, uri: vscode.Uri): Promise<RuleSet | undefined> {
  const tree = await trees.of(uri);
  if (!tree) return undefined;
  return tree.like === '4.1' || tree.like === '4.1-pfn' ? 'series' : 'modern';
}

/** @returns undefined when nobody wants it any more */
export async function convertText(
  trees: KernelTrees,
  uri: vscode.Uri,
  text: string,
  rules: RuleSet,
  isCancelled: () => boolean,
): Promise<FileConversions | undefined> {
  const { conversionsInSlices } = await reader();
  const root = rules === 'modern' ? (await trees.treeAround(uri))?.root : undefined;
  const known: KnownHelper | undefined = root && (await trees.helpersOf(root));
  const slices = await inTimeSlices(conversionsInSlices(text, uri.path, rules, known), isCancelled);
  if (!slices) return undefined;
  return {
    rules,
    conversions: slices.flatMap((one) => one.conversions),
    left: slices.flatMap((one) => one.left),
  };
}

/** The helper that a conversion brings in. */
export function helperOf({ edits, rule }: Conversion): string {
  const named = /\b([a-z_]\w*)\(?/.exec(edits.map(({ text }) => text).join(' '));
  return named?.[1] ?? rule;
}

/** Adds conversions to an edit. See `withPreview` for what makes VS Code show it first. */
export async function addConversions(
  edit: vscode.WorkspaceEdit,
  uri: vscode.Uri,
  text: string,
  conversions: readonly Conversion[],
): Promise<void> {
  const { wholeEdits } = await reader();
  const positionAt = positionsIn(text);
  // An untitled document is no file that withPreview() could name.
  const needsConfirmation = uri.scheme === 'untitled';
  for (const { edit: one, conversions: some } of wholeEdits(text, conversions)) {
    const helpers = [...new Set(some.map((conversion) => `${helperOf(conversion)}()`))].join(', ');
    const label = vscode.l10n.t('Use {0}', helpers);
    const range = new vscode.Range(positionAt(one.start), positionAt(one.end));
    edit.replace(uri, range, one.text, { needsConfirmation, label });
  }
}

/**
 * Makes VS Code show its preview before it makes the edit. One part that needs confirmation is enough for that, but what
 * needs it comes without its tick, and nobody wants to tick a hundred files. So the one is to create a file that is
 * there: the preview leaves it out, and making it would do nothing.
 */
export function withPreview(edit: vscode.WorkspaceEdit, existing: vscode.Uri): vscode.WorkspaceEdit {
  if (existing.scheme !== 'untitled') {
    const label = vscode.l10n.t('Show before changing');
    edit.createFile(existing, { ignoreIfExists: true }, { needsConfirmation: true, label });
  }
  return edit;
}
