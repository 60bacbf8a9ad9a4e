import * as vscode from 'vscode';
import { moved, type Move } from '../model/time/transport';
import { conditionsOf, runUntil } from '../model/time/until';
import type { Session } from './session';
import type { Views } from './views';

/** The commands of the transport, by name: they move the session, and every picture shows the moment it is then at. */
export function timeCommands(
  session: Session,
  views: () => Views,
  ready: Promise<unknown>,
): Record<string, () => Promise<void>> {
  /** With a run to move in, and a picture to see it in. */
  const withRun = async (work: (run: NonNullable<Session['run']>) => unknown) => {
    await ready;
    const { run } = session;
    if (!run || run.recording.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No I/O is described for this machine: there is no run to step through.'),
      );
      return;
    }
    views().showExplorer();
    await work(run);
  };
  const move = (by: Move) => () =>
    withRun(({ recording, revision, step }) => session.moveTo(revision, moved(recording, step, by)));
  return {
    showTimeline: async () => {
      await ready;
      views().openExplorer('timeline');
    },
    timeStart: move('start'),
    timeBack: move('back'),
    timeBackOver: move('backOver'),
    timeForward: move('into'),
    timeOver: move('over'),
    timeOut: move('out'),
    timeEnd: move('end'),
    timePlay: () => withRun(() => views().play()),
    timeRunTo: () => withRun((run) => runTo(session, run)),
  };
}

/** Asks for a condition - one of the run's own, or typed - and goes to the next event that meets it. */
async function runTo(session: Session, run: NonNullable<Session['run']>): Promise<void> {
  const { recording, revision } = run;
  const condition = await pickCondition(conditionsOf(recording));
  if (condition === undefined) return;
  const { step } = session.run ?? run;
  const found = runUntil(recording, step, condition);
  if (found !== undefined) session.moveTo(revision, found);
  else
    void vscode.window.showInformationMessage(
      vscode.l10n.t('“{0}” does not come after this step; the moment stays where it is.', condition),
    );
}

function pickCondition(conditions: readonly string[]): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = vscode.l10n.t('Run to');
  pick.placeholder = vscode.l10n.t('A kernel function, error, split, refusal, bio 3 or request 2');
  pick.items = conditions.map((label) => ({ label }));
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.label ?? (pick.value.trim() || undefined));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
