import * as vscode from 'vscode';
import { eventually } from '../expect';

const explorerIsOpen = () =>
  vscode.window.tabGroups.all.flatMap((group) => group.tabs).some((tab) => tab.label === 'Bioscope');

describe('a tier', () => {
  it('is shown by its command on a machine that has one, and the power fails where a number says', async () => {
    await vscode.commands.executeCommand('bioscope.openScenario', 'crash-and-recover.bioscope.json');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('bioscope.showTier');
    await eventually(explorerIsOpen, 'the explorer');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('bioscope.losePower', 5);
    await eventually(explorerIsOpen, 'the explorer, after the power failed');
  });
});
