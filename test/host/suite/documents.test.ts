import * as vscode from 'vscode';
import { equal, eventually, ok } from '../expect';

const folder = () => {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(found, 'a folder is open');
  return found;
};

describe('*.bioscope.json', () => {
  it('is marked where it is wrong, and the mark goes with the mistake', async () => {
    const uri = vscode.Uri.joinPath(folder(), 'wrong.bioscope.json');
    const good = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder(), 'machine.bioscope.json'));
    const text = new TextDecoder().decode(good);
    await vscode.workspace.fs.writeFile(
      uri,
      new TextEncoder().encode(text.replace('"device": "ram0"', '"device": "sda"')),
    );
    const document = await vscode.workspace.openTextDocument(uri);
    const ours = () => vscode.languages.getDiagnostics(uri).filter((d) => d.source === 'Bioscope');
    const problem = await eventually(() => ours()[0], 'a diagnostic');
    ok(problem.message.includes('there is no device named sda'), problem.message);
    equal(document.getText(problem.range), '"sda"', 'the marked text');

    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, problem.range, '"ram0"');
    await vscode.workspace.applyEdit(edit);
    await eventually(() => ours().length === 0, 'the diagnostic to go');
    await document.save();
    await vscode.workspace.fs.delete(uri);
  });

  it('opens in the explorer from its file', async () => {
    await vscode.commands.executeCommand(
      'bioscope.openDocument',
      vscode.Uri.joinPath(folder(), 'machine.bioscope.json'),
    );
    await eventually(
      () => vscode.window.tabGroups.all.flatMap((g) => g.tabs).some((t) => t.label === 'Bioscope'),
      'the explorer',
    );
  });

  it('completes and validates by the schema that comes with the extension', async () => {
    const schemas = (
      vscode.extensions.getExtension('bioscope.bioscope')!.packageJSON as {
        contributes: { jsonValidation: { url: string }[] };
      }
    ).contributes.jsonValidation;
    const uri = vscode.Uri.joinPath(
      vscode.extensions.getExtension('bioscope.bioscope')!.extensionUri,
      schemas[0]!.url,
    );
    const schema = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))) as {
      required: string[];
    };
    equal([...schema.required].sort(), ['bioscope', 'machine'], 'required members');
  });
});

describe('importing a machine', () => {
  it('reads a copy of /proc/iomem from a file and shows it', async () => {
    await vscode.commands.executeCommand(
      'bioscope.importMachine',
      vscode.Uri.joinPath(folder(), 'iomem.txt'),
    );
    await eventually(
      () => vscode.window.tabGroups.all.flatMap((g) => g.tabs).some((t) => t.label === 'Bioscope'),
      'the explorer',
    );
  });

  it('answers at once when a file cannot be read, and keeps what was open', async () => {
    const shown = () => vscode.window.tabGroups.all.flatMap((g) => g.tabs).map((t) => t.label);
    const before = shown();
    await vscode.commands.executeCommand(
      'bioscope.importMachine',
      vscode.Uri.joinPath(folder(), 'no-such.txt'),
    );
    equal(shown(), before, 'open tabs');
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
