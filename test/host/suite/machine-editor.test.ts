import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';

const VIEW = 'bioscope.machineEditor';

const folder = () => {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(found, 'a folder is open');
  return found;
};

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const formTab = (uri: vscode.Uri) =>
  tabs().find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.path === uri.path);

interface Contributions {
  readonly customEditors: readonly {
    viewType: string;
    priority: string;
    selector: readonly { filenamePattern: string }[];
  }[];
  readonly walkthroughs: readonly {
    id: string;
    steps: readonly { id: string; media: Record<string, unknown> }[];
  }[];
}

const contributes = () =>
  (vscode.extensions.getExtension('bioscope.bioscope')!.packageJSON as { contributes: Contributions })
    .contributes;

describe('the machine editor', () => {
  it('is an option beside the text, which stays the default', () => {
    equal(
      contributes().customEditors,
      [
        {
          viewType: VIEW,
          displayName: 'Bioscope Machine Editor',
          selector: [{ filenamePattern: '*.bioscope.json' }],
          priority: 'option',
        },
      ],
      'custom editors',
    );
  });

  it('opens on a file, and the file can be reopened as text', async () => {
    const uri = vscode.Uri.joinPath(folder(), 'machine.bioscope.json');
    await vscode.commands.executeCommand('bioscope.editMachine', uri);
    await eventually(() => formTab(uri), 'the form');
    await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
    await eventually(
      () => tabs().find(({ input }) => input instanceof vscode.TabInputText && input.uri.path === uri.path),
      'the text',
    );
  });

  it('shows the file in the explorer, as the text does', async () => {
    const uri = vscode.Uri.joinPath(folder(), 'machine.bioscope.json');
    await vscode.commands.executeCommand('bioscope.openDocument', uri);
    await eventually(() => tabs().some(({ label }) => label === 'Bioscope'), 'the explorer');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
