import * as vscode from 'vscode';
import { SERIES_FILES, type SeriesNode } from '../../../src/catalogue/series';
import { SeriesView } from '../../../src/host/series-view';
import { equal, eventually, ok } from '../expect';

const run = (command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand(`bioscope.${command}`, ...args);

const pageOf = (file: string) => vscode.Uri.from({ scheme: 'bioscope-series', path: `/${file}.md` });

/** The tree of the view, without the view: the installed extension has that. */
async function walk(): Promise<SeriesNode[]> {
  const view = Object.create(SeriesView.prototype) as SeriesView;
  const found: SeriesNode[] = [];
  const into = async (node?: SeriesNode): Promise<void> => {
    for (const child of await view.getChildren(node)) {
      found.push(child);
      const item = view.getTreeItem(child);
      ok(typeof item.label === 'string' && item.label.length > 0, `a label of ${child.id}`);
      await into(child);
    }
  };
  await into();
  return found;
}

describe('the series as a tree', () => {
  it('has 11 patches and the five points of v3, and every one of the 117 files with its facts', async () => {
    const nodes = await walk();
    equal(nodes.filter(({ kind }) => kind === 'patch').length, 11, 'patches');
    equal(nodes.filter(({ kind }) => kind === 'change').length, 5, 'points');
    equal(new Set(nodes.map(({ id }) => id)).size, nodes.length, 'ids');
    const files = new Set(nodes.flatMap(({ kind, file }) => (kind === 'file' && file ? [file.file] : [])));
    equal(files.size, SERIES_FILES.length, 'files');
    for (const node of nodes)
      if (node.kind === 'file') ok(node.children.length >= 5, `facts of ${node.label}`);
  });

  it('opens every row: the facts of a file that the workspace does not have', async () => {
    for (const { file, touches } of SERIES_FILES) {
      const text = (await vscode.workspace.openTextDocument(pageOf(file))).getText();
      ok(text.includes(touches.slice(0, 12).replace(/[_*`]/g, '\\$&').slice(0, 8)), `facts of ${file}`);
      equal(text.startsWith('# '), true, `a title for ${file}`);
    }
    for (const { file } of SERIES_FILES.slice(0, 3)) await run('openSeriesFile', file);
    ok(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length > 0, 'something is open');
  });

  it('opens the file itself where the workspace has it', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    ok(folder, 'a folder is open');
    const uri = vscode.Uri.joinPath(folder.uri, 'drivers/block/nbd.c');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('/* nbd */\n'));
    await run('openSeriesFile', 'drivers/block/nbd.c');
    const opened = await eventually(
      () => vscode.window.activeTextEditor?.document.uri.path.endsWith('drivers/block/nbd.c'),
      'the file in an editor',
    );
    ok(opened, 'nbd.c');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, 'drivers'), { recursive: true });
  });

  it('is a page, too', async () => {
    const uri = vscode.Uri.from({ scheme: 'bioscope-series', path: '/The series.md' });
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    for (const { file } of SERIES_FILES) ok(text.includes(file), `${file} is on the page`);
    await run('openSeriesPage');
  });

  it('shows its view, and simulates a file', async () => {
    await run('showSeries');
    await run('simulateSeriesFile', 'drivers/md/raid5.c');
    const inExplorer = () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview;
    ok(await eventually(inExplorer, 'the explorer in front'), 'explorer');
  });
});
