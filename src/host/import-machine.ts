import * as vscode from 'vscode';
import { sampleWorkload } from '../engine/sample-workload';
import { checkDocument } from '../model/check';
import { FLAVOURS, POSTINGS } from '../model/flavour';
import { DOCUMENT_VERSION, type BioscopeDocument, type MachineSpec } from '../model/machine-spec';
import type { CrossChecks } from './cross-check';
import { showProblems } from './problems';
import { captureFile, captureHere, readCaptures, type CapturedText } from './read-captures';
import type { Session } from './session';

interface Given {
  readonly machine: string;
  readonly texts: readonly CapturedText[];
}

type Source = vscode.QuickPickItem & { readonly from: 'file' | 'clipboard' | 'here' };

/**
 * "Import Machine…": captures of one machine, from files, the clipboard, or the machine the extension host runs on.
 * Captures without a memory map are added to the open machine. False when nothing was imported.
 */
export async function importMachine(
  session: Session,
  checks: CrossChecks,
  uris?: readonly vscode.Uri[],
): Promise<boolean> {
  const given = uris ? await fromFiles(uris) : await ask();
  if (!given) return false;
  const read = await readCaptures(given.texts);
  if (!read) return false;
  const { FORMATS, archOf, collect, crossCheck, formatProblem, hasMap, joinMachine } =
    await import('../capture');
  const collected = collect(read.parts);
  const base = hasMap(collected) ? undefined : session.document;
  if (!base && !hasMap(collected)) {
    showProblems(vscode.l10n.t('{0} was not imported', given.machine), [
      vscode.l10n.t(
        'no memory map is in it, and no machine is open to add it to; {0} prints one',
        FORMATS.iomem.command,
      ),
    ]);
    return false;
  }
  const facts = joinMachine(collected, base?.machine);
  const arch = archOf(facts, collected);
  const machine: MachineSpec = base
    ? { ...base.machine, ...facts }
    : {
        name: given.machine,
        origin: given.texts.map(({ name }) => name).join(', '),
        kernel: { ...kernelSetting(), ...(arch ? { arch } : {}) },
        ...facts,
      };
  const document: BioscopeDocument = base
    ? { ...base, machine }
    : { bioscope: DOCUMENT_VERSION, machine, workload: sampleWorkload(machine) };
  const grave = crossCheck(machine, collected).filter((finding) => finding.severity !== 'info');
  await session.open(document, [
    ...read.warnings.map(formatProblem),
    ...checkDocument(document).map((finding) => finding.message),
    ...grave.map((finding) => finding.message),
    ...devicesNote(machine),
  ]);
  checks.remember({ machine, collected, warnings: read.warnings });
  void offerReport(checks, machine.name, grave.length);
  return true;
}

/** One line that sends to where the whole is said: each device, in the devices' own table. */
function devicesNote({ storage = [] }: MachineSpec): string[] {
  const assumed = storage.reduce((sum, device) => sum + (device.assumed?.length ?? 0), 0);
  const left = storage.filter((device) => device.notSimulated !== undefined).length;
  if (assumed + left === 0) return [];
  return [
    vscode.l10n.t(
      'Devices: {0} facts were assumed, {1} devices are not simulated. Their table says which.',
      assumed,
      left,
    ),
  ];
}

/** Nobody waits for it: a notification stays until it is closed. */
async function offerReport(checks: CrossChecks, name: string, grave: number): Promise<void> {
  const text =
    grave === 0
      ? vscode.l10n.t('{0} is imported; its captures contradict each other nowhere.', name)
      : vscode.l10n.t('{0} is imported; {1} findings want a look.', name, grave);
  const report = vscode.l10n.t('Show Report');
  if ((await vscode.window.showInformationMessage(text, report)) === report) await checks.show();
}

async function ask(): Promise<Given | undefined> {
  const sources: Source[] = [
    {
      from: 'file',
      label: vscode.l10n.t('$(file) From files…'),
      detail: vscode.l10n.t(
        'Saved copies of /proc/iomem (read as root), dmesg, /proc/zoneinfo, ndctl list, lsblk, dmsetup table, queue limits.',
      ),
    },
    {
      from: 'clipboard',
      label: vscode.l10n.t('$(clippy) From the clipboard'),
      detail: vscode.l10n.t('The text that one of these commands printed, such as "sudo cat /proc/iomem".'),
    },
  ];
  if (hostIsLinux()) {
    sources.push({
      from: 'here',
      label: vscode.l10n.t('$(vm) This machine'),
      detail: vscode.l10n.t(
        'Reads /proc/iomem, /proc/zoneinfo and /sys/block where the extension host runs. Nothing leaves it.',
      ),
    });
  }
  const picked = await vscode.window.showQuickPick(sources, {
    title: vscode.l10n.t('Import Machine'),
    placeHolder: vscode.l10n.t('Where are its captures?'),
  });
  if (picked?.from === 'clipboard') {
    const text = await vscode.env.clipboard.readText();
    return { machine: vscode.l10n.t('pasted machine'), texts: [{ name: vscode.l10n.t('clipboard'), text }] };
  }
  if (picked?.from === 'here') {
    const texts = await captureHere();
    return texts && { machine: vscode.l10n.t('this machine'), texts };
  }
  if (picked?.from !== 'file') return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import the captures of one machine'),
    canSelectMany: true,
    ...(folder ? { defaultUri: folder } : {}),
  });
  return files ? fromFiles(files) : undefined;
}

async function fromFiles(uris: readonly vscode.Uri[]): Promise<Given | undefined> {
  const texts: CapturedText[] = [];
  for (const uri of uris) {
    const text = await captureFile(uri);
    if (!text) return undefined;
    texts.push(text);
  }
  const first = texts[0];
  return first && { machine: first.name.replace(/\.[a-z]+$/i, ''), texts };
}

/** In the browser's extension host there is no process, and no /proc to read. */
function hostIsLinux(): boolean {
  return (globalThis as { process?: { platform?: string } }).process?.platform === 'linux';
}

function kernelSetting(): MachineSpec['kernel'] {
  const settings = vscode.workspace.getConfiguration('bioscope.import');
  const flavour = FLAVOURS.find((name) => name === settings.get('kernelFlavour')) ?? '4.1-pfn';
  const posting = POSTINGS.find((name) => name === settings.get('posting')) ?? 'v3';
  return flavour === '4.1-pfn' ? { flavour, posting } : { flavour };
}
