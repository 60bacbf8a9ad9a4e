import * as vscode from 'vscode';
import { descriptionOf, labelOf, type AuditFacts, type AuditNode } from './model';

/** What only the reader knows, for tooltips. */
export interface ItemFacts extends AuditFacts {
  readonly why: (code: string) => string;
  readonly readiness: string;
}

/** @param expanded few uses are left by a search: they are shown at once */
export function treeItem(node: AuditNode, facts: ItemFacts, expanded: boolean): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const state = node.sort === 'use' ? None : expanded || node.sort === 'tree' ? Expanded : Collapsed;
  const item = new vscode.TreeItem(labelOf(node), state);
  item.id = `${expanded ? 'x' : ''}${idOf(node)}`;
  item.description = descriptionOf(node, facts);
  item.contextValue = node.sort;
  item.tooltip = tooltipOf(node, facts);
  item.iconPath = iconOf(node);
  if (node.sort === 'use') item.command = opening(node);
  if (node.sort === 'file') item.resourceUri = uriOf(node);
  item.accessibilityInformation = { label: `${labelOf(node)}, ${item.description.replaceAll(' · ', ', ')}` };
  return item;
}

function idOf(node: AuditNode): string {
  const { uri } = node.tree;
  if (node.sort === 'tree') return uri;
  if (node.sort === 'subsystem') return `${uri} ${node.subsystem.name}`;
  const path = `${uri} ${node.subsystem.name} ${node.file.path}`;
  return node.sort === 'file' ? path : `${path}:${node.place.line}:${node.place.column}`;
}

type InFile = Extract<AuditNode, { sort: 'file' | 'use' }>;

const uriOf = ({ tree, file }: InFile) => vscode.Uri.joinPath(vscode.Uri.parse(tree.uri), file.path);

function opening(node: Extract<AuditNode, { sort: 'use' }>): vscode.Command {
  const { line, column, name } = node.place;
  const start = new vscode.Position(line - 1, column - 1);
  const selection = new vscode.Range(start, start.translate(0, name.length));
  const options: vscode.TextDocumentShowOptions = { selection };
  return { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uriOf(node), options] };
}

/** Shapes, so that colour is only a help. */
function iconOf(node: AuditNode): vscode.ThemeIcon {
  const icon = (name: string, color?: string) =>
    new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
  if (node.sort === 'file') return vscode.ThemeIcon.File;
  if (node.sort !== 'use') return icon(node.sort === 'tree' ? 'root-folder' : 'folder');
  switch (node.place.severity) {
    case 'error':
      return icon('error', 'list.errorForeground');
    case 'warning':
      return icon('warning', 'list.warningForeground');
    case 'info':
      return icon('info', 'notificationsInfoIcon.foreground');
    case undefined:
      return node.place.ready ? icon('pass', 'charts.green') : icon('circle-small');
  }
}

function tooltipOf(node: AuditNode, facts: ItemFacts): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  if (node.sort === 'use' || node.sort === 'file') {
    text.appendText(node.file.path);
    if (node.sort === 'use') {
      text.appendText(`:${node.place.line}:${node.place.column}`);
      for (const code of node.place.codes)
        text.appendMarkdown(`\n\n\`${code}\`: `).appendText(facts.why(code));
      if (node.place.ready) text.appendText(`\n\n${vscode.l10n.t('Needs no struct page.')}`);
    }
    return text;
  }
  const sums = node.sort === 'tree' ? node.tree.report : node.subsystem;
  text.appendText(labelOf(node));
  for (const [code, count] of Object.entries(sums.hazards)) text.appendMarkdown(`\n- \`${code}\`: ${count}`);
  const { needsPage, ready, convertible } = sums;
  const figures = vscode.l10n.t(
    '{0} places need a struct page, {1} need none; {2} are converted by the rules of the series.',
    needsPage,
    ready,
    convertible,
  );
  text.appendText(`\n\n${figures}\n\n${vscode.l10n.t('Ready')}: ${facts.readiness}`);
  if (node.sort === 'subsystem' && node.subsystem.series.files > 0) {
    const { files, lines } = node.subsystem.series;
    const changed = vscode.l10n.t('v3 of the series changed {0} files here, {1} lines.', files, lines);
    text.appendText(`\n\n${changed}`);
  }
  return text;
}
