import * as vscode from 'vscode';
import type { AuditFormat, AuditReport } from '../../reader/audit';
import { reader } from './run';

const SUFFIXES: Readonly<Record<AuditFormat, string>> = {
  csv: 'csv',
  md: 'md',
  sarif: 'sarif',
  json: 'json',
};

/**
 * Writes an audit as a file, whole, whatever the filter: the same text that the command line prints.
 *
 * @param format asked for when it is none
 * @param to asked for when it is none
 * @returns where it was written; undefined when somebody thought better of it
 */
export async function exportAudit(
  name: string,
  report: AuditReport,
  format?: unknown,
  to?: unknown,
): Promise<vscode.Uri | undefined> {
  const { AUDIT_FORMATS, formatAudit } = await reader();
  const chosen = AUDIT_FORMATS.find((one) => one === format) ?? (await askFormat());
  if (!chosen) return undefined;
  const uri = to instanceof vscode.Uri ? to : await askPlace(name, chosen);
  if (!uri) return undefined;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${formatAudit(report, chosen)}\n`));
  return uri;
}

async function askFormat(): Promise<AuditFormat | undefined> {
  const picks: (vscode.QuickPickItem & { format: AuditFormat })[] = [
    { format: 'csv', label: 'CSV', detail: vscode.l10n.t('A row a finding, for spreadsheets.') },
    {
      format: 'md',
      label: 'Markdown',
      detail: vscode.l10n.t('A table of the subsystems, for a mail or a wiki.'),
    },
    {
      format: 'sarif',
      label: 'SARIF',
      detail: vscode.l10n.t('For code scanning services and SARIF viewers.'),
    },
    { format: 'json', label: 'JSON', detail: vscode.l10n.t('All that is known, for programs.') },
  ];
  const picked = await vscode.window.showQuickPick(picks, {
    title: vscode.l10n.t('Export the audit'),
    placeHolder: vscode.l10n.t('The whole audit is written, whatever the filter shows.'),
  });
  return picked?.format;
}

function askPlace(name: string, format: AuditFormat): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name.replace(/[^\w.-]+/g, '-')}-audit.${SUFFIXES[format]}`;
  return vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, file) } : {}),
    filters: { [format.toUpperCase()]: [SUFFIXES[format]] },
  });
}
