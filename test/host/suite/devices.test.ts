import * as vscode from 'vscode';
import { eventually, ok } from '../expect';

const folder = () => {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(found, 'a folder is open');
  return found;
};

async function file(name: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

const explorerIsOpen = () =>
  vscode.window.tabGroups.all.flatMap((group) => group.tabs).some((tab) => tab.label === 'Bioscope');

const LSBLK = {
  blockdevices: [
    {
      name: 'sda',
      'maj:min': '8:0',
      type: 'disk',
      size: 1073741824,
      children: [
        { name: 'sda1', 'maj:min': '8:1', type: 'part', size: 536870912 },
        { name: 'secret', 'maj:min': '253:1', type: 'crypt', size: 268435456 },
        { name: 'fast', 'maj:min': '253:0', type: 'lvm', size: 4194304 },
      ],
    },
  ],
};

describe('devices', () => {
  it('are shown by their command', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('bioscope.showDevices');
    await eventually(explorerIsOpen, 'the explorer');
  });

  it('come from an import: what is simulated, what was assumed, and what is not', async () => {
    const uris = [
      vscode.Uri.joinPath(folder(), 'iomem.txt'),
      await file('lsblk.json', JSON.stringify(LSBLK)),
      await file('dm.txt', 'fast: 0 8192 linear 8:0 1048576\nsecret: 0 524288 crypt aes :32:logon 0 8:0 0\n'),
      await file(
        'queues.txt',
        '/sys/block/sda/queue/max_segments:168\n/sys/block/xvda/queue/max_segments:1\n',
      ),
    ];
    await vscode.commands.executeCommand('bioscope.importMachine', uris[0], uris);
    await vscode.commands.executeCommand('bioscope.crossCheck');
    const report = await eventually(() => {
      const text = vscode.window.activeTextEditor?.document.getText() ?? '';
      return text.startsWith('Cross-check') && text;
    }, 'the report');
    for (const part of [
      'sda1, assumed to simulate it: no capture says where it starts: sector 2048 is taken',
      'secret is not simulated: dm-crypt has no model',
      'xvda is not simulated: no model of a driver that calls its disks xvda',
    ])
      ok(report.includes(part), `"${part}" in ${report}`);
    ok(!report.includes('fast is not simulated'), report);
    await vscode.commands.executeCommand('notifications.clearAll');
    for (const uri of uris.slice(1)) await vscode.workspace.fs.delete(uri);
  });

  it('that cannot be stacked are refused, with the mark where they are described', async () => {
    const machine = {
      name: 'a circle',
      kernel: { flavour: '6.12' },
      memory: { ranges: [{ start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' }] },
      devices: [
        { name: 'md0', driver: 'raid1', devices: [{ device: 'md1' }] },
        { name: 'md1', driver: 'raid1', devices: [{ device: 'md0' }] },
      ],
    };
    const uri = await file('circle.bioscope.json', JSON.stringify({ bioscope: 1, machine }, null, 2));
    await vscode.workspace.openTextDocument(uri);
    const problem = await eventually(
      () => vscode.languages.getDiagnostics(uri).find(({ source }) => source === 'Bioscope'),
      'a diagnostic',
    );
    ok(problem.message.includes('a stack cannot go in a circle'), problem.message);
    await vscode.commands.executeCommand('bioscope.openDocument', uri);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.workspace.fs.delete(uri);
  });
});
