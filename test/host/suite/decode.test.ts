import * as vscode from 'vscode';
import { eventually, ok } from '../expect';

const inExplorer = () =>
  vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview;

/** Starts a command that waits for a choice, and takes the first one as soon as it is there. */
async function chooseFirst(command: string, ...args: unknown[]): Promise<void> {
  let over = false;
  const running = vscode.commands.executeCommand(command, ...args).then(() => (over = true));
  while (!over) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await running;
}

describe('"Decode Address…"', () => {
  it('takes the number under the cursor and shows its page in the explorer', async () => {
    const document = await vscode.workspace.openTextDocument({ content: 'at 0x100000 in the log\n' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 6, 0, 6);
    ok(!inExplorer(), 'the editor is in front');
    await chooseFirst('bioscope.decodeAddress');
    ok(await eventually(inExplorer, 'the explorer in front'), 'explorer');
  });

  it('leads nowhere when nothing is chosen', async () => {
    const running = vscode.commands.executeCommand('bioscope.decodeAddress', 'ffffc90000100000');
    let over = false;
    void running.then(() => (over = true));
    while (!over) {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await running;
  });
});

describe('"Compare Helpers for a Page…"', () => {
  it('is a document with a table for each version', async () => {
    await vscode.commands.executeCommand('bioscope.compareHelpers', 0x100);
    const uri = vscode.Uri.from({ scheme: 'bioscope-helpers', path: '/pfn-0x100.md' });
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    for (const part of ['# pfn 0x100', '## v1', '## v5', 'reconstructed', '## Sources'])
      ok(text.includes(part), `the document says ${part}`);
  });
});
