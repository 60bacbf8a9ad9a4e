import * as vscode from 'vscode';
import type { Session } from './session';

/** Lets the user choose the event after which the power fails; false when none was chosen, or none can be. */
export async function losePower(session: Session, wanted?: unknown): Promise<boolean> {
  const walk = session.powerMoments;
  if (typeof walk === 'string') {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('The power cannot fail here: {0}.', walk) +
        ' ' +
        vscode.l10n.t('Open the scenario "Crash and recover", or another machine with a tier.'),
    );
    return false;
  }
  const at = typeof wanted === 'number' ? wanted : await pick(walk.moments, walk.events);
  if (at === undefined) return false;
  session.losePower(Math.min(Math.max(Math.trunc(at), 0), walk.events));
  return true;
}

async function pick(
  moments: readonly { readonly at: number; readonly says: string }[],
  events: number,
): Promise<number | undefined> {
  const picked = await vscode.window.showQuickPick(
    moments.map(({ at, says }) => ({
      label: says,
      description: vscode.l10n.t('event {0} of {1}', at, events),
      at,
    })),
    {
      title: vscode.l10n.t('Lose Power'),
      placeHolder: vscode.l10n.t('After which event?'),
      matchOnDescription: true,
    },
  );
  return picked?.at;
}
