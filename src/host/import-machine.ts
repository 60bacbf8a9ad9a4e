import * as vscode from 'vscode';
import { readIomem } from '../capture/iomem';
import { formatProblem } from '../capture/problem';
import { sampleWorkload } from '../engine/sample-workload';
import { DOCUMENT_VERSION, type BioscopeDocument, type MachineSpec } from '../model/machine-spec';
import { checkDocument } from '../model/check';
import { FLAVOURS, POSTINGS } from '../model/flavour';
import { showProblems } from './problems';
import type { Session } from './session';

type Source = vscode.QuickPickItem & { readonly from: 'file' | 'clipboard' | 'here' };

/** "Import Machine…": from a file, from the clipboard, or from the machine the extension host runs on. */
export async function importMachine(session: Session, given?: vscode.Uri): Promise<boolean> {
  const captured = given ? await fromFile(given) : await ask();
  if (!captured) return false;
  const read = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Reading {0}', captured.name) },
    () => Promise.resolve(readIomem(captured.text, captured.name)),
  );
  if (!read.ok) {
    showProblems(vscode.l10n.t('{0} was not imported', captured.name), read.problems.map(formatProblem));
    return false;
  }
  const machine: MachineSpec = {
    name: captured.machine,
    origin: captured.name,
    kernel: kernelSetting(),
    memory: { ranges: read.value.ranges },
    devices: read.value.devices,
  };
  const document: BioscopeDocument = {
    bioscope: DOCUMENT_VERSION,
    machine,
    workload: sampleWorkload(machine),
  };
  const notes = [
    ...read.warnings.map(formatProblem),
    ...checkDocument(document).map((finding) => finding.message),
  ];
  await session.open(document, notes);
  return true;
}

interface CapturedText {
  readonly name: string;
  readonly machine: string;
  readonly text: string;
}

async function ask(): Promise<CapturedText | undefined> {
  const sources: Source[] = [
    {
      from: 'file',
      label: vscode.l10n.t('$(file) From a file…'),
      detail: vscode.l10n.t('A saved copy of /proc/iomem, read as root.'),
    },
    {
      from: 'clipboard',
      label: vscode.l10n.t('$(clippy) From the clipboard'),
      detail: vscode.l10n.t('The text that "sudo cat /proc/iomem" printed.'),
    },
  ];
  if (hostIsLinux()) {
    sources.push({
      from: 'here',
      label: vscode.l10n.t('$(vm) This machine'),
      detail: vscode.l10n.t('Reads /proc/iomem where the extension host runs. Nothing leaves it.'),
    });
  }
  const picked = await vscode.window.showQuickPick(sources, {
    title: vscode.l10n.t('Import Machine'),
    placeHolder: vscode.l10n.t('Where is the memory map?'),
  });
  if (picked?.from === 'clipboard') {
    return {
      name: vscode.l10n.t('clipboard'),
      machine: vscode.l10n.t('pasted machine'),
      text: await vscode.env.clipboard.readText(),
    };
  }
  if (picked?.from === 'here') {
    const captured = await fromFile(vscode.Uri.file('/proc/iomem'));
    return captured && { ...captured, name: '/proc/iomem', machine: vscode.l10n.t('this machine') };
  }
  if (picked?.from !== 'file') return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import a copy of /proc/iomem'),
    ...(folder ? { defaultUri: folder } : {}),
  });
  return files?.[0] ? fromFile(files[0]) : undefined;
}

/** Far above any machine's map; what is larger was picked by mistake, and would be read whole. Bytes. */
const LARGEST = 16 * 2 ** 20;

async function fromFile(uri: vscode.Uri): Promise<CapturedText | undefined> {
  const name = uri.path.split('/').at(-1) ?? uri.path;
  try {
    // Files in /proc say that they are empty.
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LARGEST) throw new Error(vscode.l10n.t('it has {0} bytes, too many for a memory map', size));
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { name, machine: name.replace(/\.[a-z]+$/i, ''), text: new TextDecoder().decode(bytes) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    showProblems(vscode.l10n.t('{0} was not imported', name), [reason]);
    return undefined;
  }
}

/** In the browser's extension host there is no process, and no /proc to read. */
function hostIsLinux(): boolean {
  return (globalThis as { process?: { platform?: string } }).process?.platform === 'linux';
}

function kernelSetting(): MachineSpec['kernel'] {
  const settings = vscode.workspace.getConfiguration('bioscope.import');
  const flavour = FLAVOURS.find((name) => name === settings.get('kernelFlavour')) ?? '4.1-pfn';
  const posting = POSTINGS.find((name) => name === settings.get('posting')) ?? 'v3';
  return flavour === '4.1' ? { flavour } : { flavour, posting };
}
