import * as vscode from 'vscode';
import { LEVELS, levelOf, type AuditFilter, type Level } from './filter';
import type { AuditedTree } from './model';

type Group = 'levels' | 'codes' | 'kinds' | 'subsystems';

interface Pick extends vscode.QuickPickItem {
  readonly group?: Group;
  readonly value?: string;
}

/** Lets somebody choose what is shown, from what there is. */
export async function askFilter(
  trees: readonly AuditedTree[],
  filter: AuditFilter,
): Promise<AuditFilter | undefined> {
  const counts = countsOf(trees);
  const titles: Record<Group, string> = {
    levels: vscode.l10n.t('Severity'),
    codes: vscode.l10n.t('Hazards (none chosen: all)'),
    kinds: vscode.l10n.t('Kinds of use (none chosen: all)'),
    subsystems: vscode.l10n.t('Subsystems (none chosen: all)'),
  };
  const section = (group: Group): Pick[] => [
    { label: titles[group], kind: vscode.QuickPickItemKind.Separator },
    ...[...counts[group]].map(([value, count]) => ({
      label: group === 'levels' ? levelName(value) : value,
      description: String(count),
      picked: (filter[group] as readonly string[]).includes(value),
      group,
      value,
    })),
  ];
  const picked = await vscode.window.showQuickPick(
    [...section('levels'), ...section('codes'), ...section('kinds'), ...section('subsystems')],
    {
      canPickMany: true,
      matchOnDescription: false,
      title: vscode.l10n.t('Filter the audit'),
      placeHolder: vscode.l10n.t('What should be shown?'),
    },
  );
  if (!picked) return undefined;
  const chosen = (group: Group) => picked.flatMap((one) => (one.group === group ? [one.value!] : []));
  return {
    levels: LEVELS.filter((level) => chosen('levels').includes(level)),
    codes: chosen('codes'),
    kinds: chosen('kinds'),
    subsystems: chosen('subsystems'),
    text: filter.text,
  };
}

function levelName(level: string): string {
  const names: Readonly<Record<Level, string>> = {
    error: vscode.l10n.t('error: cannot work without a struct page'),
    warning: vscode.l10n.t('warning'),
    info: vscode.l10n.t('information: may be all right'),
    none: vscode.l10n.t('uses that are no hazard'),
  };
  return names[level as Level];
}

/** How many uses there are of each, the most first; severities in their order. */
function countsOf(trees: readonly AuditedTree[]): Record<Group, Map<string, number>> {
  const counts: Record<Group, Map<string, number>> = {
    levels: new Map(LEVELS.map((level) => [level, 0])),
    codes: new Map(),
    kinds: new Map(),
    subsystems: new Map(),
  };
  const add = (group: Group, value: string) => counts[group].set(value, (counts[group].get(value) ?? 0) + 1);
  for (const { report } of trees) {
    for (const { name, files } of report.subsystems) {
      for (const place of files.flatMap((file) => file.places)) {
        add('levels', levelOf(place));
        add('kinds', place.kind);
        add('subsystems', name);
        for (const code of place.codes) add('codes', code);
      }
    }
  }
  for (const group of ['codes', 'kinds', 'subsystems'] as const)
    counts[group] = new Map([...counts[group]].sort((a, b) => b[1] - a[1]));
  return counts;
}
