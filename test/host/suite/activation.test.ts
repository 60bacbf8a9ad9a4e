import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';

const extension = () => {
  const found = vscode.extensions.getExtension('bioscope.bioscope');
  ok(found, 'the VSIX is installed');
  return found;
};

// The first file of the suite by name: nothing has woken the extension before.
describe('the installed extension', () => {
  it('activates', async () => {
    await extension().activate();
    ok(extension().isActive, 'active');
  });

  it('has every command it contributes', async () => {
    const contributed = (extension().packageJSON as { contributes: { commands: { command: string }[] } })
      .contributes.commands;
    const commands = new Set(await vscode.commands.getCommands(true));
    for (const { command } of contributed) ok(commands.has(command), `command ${command}`);
  });

  it('opens the explorer, once, however often it is asked', async () => {
    const panels = () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter(
          (tab) =>
            tab.input instanceof vscode.TabInputWebview && tab.input.viewType.includes('bioscope.explorer'),
        );
    await vscode.commands.executeCommand('bioscope.openExplorer');
    await eventually(() => panels().length === 1, 'the panel');
    await vscode.commands.executeCommand('bioscope.showPicture', 'memory-map', '__pfn_t');
    await vscode.commands.executeCommand('bioscope.openExplorer');
    equal(panels().length, 1, 'panels');
  });
});
