import * as vscode from 'vscode';
import { scenarios } from '../engine/scenarios';
import type { ScenarioChoice } from '../model/scenario';

/** "Play Story…": which scenario, in which of its variants. `undefined` when nothing was chosen. */
export async function pickScenario(): Promise<ScenarioChoice | undefined> {
  const items = scenarios.flatMap((scenario) => [
    { label: scenario.title, kind: vscode.QuickPickItemKind.Separator, choice: undefined },
    ...scenario.variants.map((variant) => ({
      label: `${scenario.title}: ${variant.title}`,
      description: variant.reconstructed ? vscode.l10n.t('reconstructed') : '',
      detail: scenario.about,
      choice: { name: scenario.name, variant: variant.name },
    })),
  ]);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Play Story'),
    placeHolder: vscode.l10n.t('What should happen to the device?'),
    matchOnDetail: true,
  });
  return picked?.choice;
}
