import * as vscode from 'vscode';
import { isSimulated, seriesDocument } from '../engine/series';
import { rowOf } from './series-documents';
import type { Session } from './session';

/** Opens the machine that shows what a file of the series does. False when none was chosen, or there is no model of it. */
export async function simulateSeriesFile(session: Session, of: unknown): Promise<boolean> {
  const row = await rowOf(of, ({ file }) => isSimulated(file));
  if (!row) return false;
  const kernel = session.document?.machine.kernel;
  const choice = kernel?.flavour === '4.1-pfn' ? kernel : ({ flavour: '4.1-pfn', posting: 'v3' } as const);
  const document = seriesDocument(row.file, choice);
  if (!document) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has no model: what is said of it is by reading.', row.file),
    );
    return false;
  }
  await session.open(document);
  return true;
}
