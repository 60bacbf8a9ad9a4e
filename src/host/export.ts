import * as vscode from 'vscode';
import { deviceNumbers } from '../model/device-number';
import { PICTURES, type PictureName } from '../model/pictures';
import type * as Print from '../model/print';
import type { MachineSpec } from '../model/machine-spec';
import type { Recording } from '../model/recording';
import { showProblems } from './problems';
import type { Session } from './session';
import type { Views } from './views';

type Text = (print: typeof Print, recording: Recording, machine: MachineSpec) => string;

interface Format {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly extension: string;
  /** A picture of the explorer, or a text of the run. */
  readonly make: 'svg' | 'png' | Text;
}

const lines = (all: Iterable<string>) => [...all].map((line) => `${line}\n`).join('');
const options = (machine: MachineSpec) => ({
  flavour: machine.kernel.flavour,
  numbers: deviceNumbers(machine.devices ?? [], machine.kernel.flavour),
});

const FORMATS: readonly Format[] = [
  {
    id: 'svg',
    label: vscode.l10n.t('Picture as SVG'),
    detail: vscode.l10n.t('Stays sharp at any size'),
    extension: 'svg',
    make: 'svg',
  },
  {
    id: 'png',
    label: vscode.l10n.t('Picture as PNG'),
    detail: vscode.l10n.t('In the colours of the theme, two pixels for one'),
    extension: 'png',
    make: 'png',
  },
  {
    id: 'csv',
    label: vscode.l10n.t('Events as CSV'),
    detail: vscode.l10n.t('Every event with its arguments, its rule and its sentence'),
    extension: 'csv',
    make: ({ csvLines }, recording) => [...csvLines(recording)].join(''),
  },
  {
    id: 'chrome',
    label: vscode.l10n.t('Chrome trace JSON'),
    detail: vscode.l10n.t('For Perfetto and chrome://tracing'),
    extension: 'trace.json',
    make: ({ chromeTrace }, recording) => JSON.stringify(chromeTrace(recording)),
  },
  {
    id: 'blkparse',
    label: vscode.l10n.t('Block events as blkparse prints them'),
    detail: vscode.l10n.t('One CPU, one task'),
    extension: 'blkparse.txt',
    make: ({ blkparseLines }, recording, machine) => lines(blkparseLines(recording, options(machine))),
  },
  {
    id: 'ftrace',
    label: vscode.l10n.t('Block events as ftrace prints them'),
    detail: vscode.l10n.t('One CPU, one task'),
    extension: 'ftrace.txt',
    make: ({ ftraceLines }, recording, machine) => lines(ftraceLines(recording, options(machine))),
  },
];

const TITLES: Readonly<Partial<Record<PictureName, string>>> = {
  'memory-map': vscode.l10n.t('Memory map'),
  'byte-ribbons': vscode.l10n.t('Byte ribbons'),
  dma: vscode.l10n.t('DMA'),
};

/** What a caller that is no person says: which format, which picture, and where to. */
interface Wanted {
  readonly format?: unknown;
  readonly picture?: unknown;
  readonly target?: unknown;
}

/** "Export…": asks for what is not said, writes one file, and says where. */
export async function exportAs(session: Session, views: Views, wanted: Wanted = {}): Promise<void> {
  const { document, recording } = session;
  if (!document) return;
  const format =
    FORMATS.find(({ id }) => id === wanted.format) ?? (await pickFormat(recording !== undefined));
  if (!format) return;
  const picture = typeof format.make === 'string' ? await pictureOf(wanted.picture) : undefined;
  if (typeof format.make === 'string' && !picture) return;
  const name = [document.machine.name, ...(picture ? [picture] : [])].join('-').replace(/[^\w.-]+/g, '-');
  const target = wanted.target instanceof vscode.Uri ? wanted.target : await pickTarget(name, format);
  if (!target) return;
  try {
    const bytes =
      typeof format.make === 'string'
        ? await views.picture(
            picture!,
            format.make,
            `${document.machine.name}: ${TITLES[picture!] ?? picture!}`,
          )
        : new TextEncoder().encode(await textOf(format.make, recording, document.machine));
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    showProblems(vscode.l10n.t('Nothing was exported'), [reason]);
    return;
  }
  void offerToOpen(target);
}

async function textOf(make: Text, recording: Recording | undefined, machine: MachineSpec): Promise<string> {
  if (!recording)
    throw new Error(vscode.l10n.t('this machine has no workload, so nothing happened: add I/O to it'));
  return make(await import('../model/print'), recording, machine);
}

async function pickFormat(hasRun: boolean): Promise<Format | undefined> {
  const formats = FORMATS.filter(({ make }) => typeof make === 'string' || hasRun);
  const picked = await vscode.window.showQuickPick(
    formats.map((format) => ({ label: format.label, detail: format.detail, format })),
    { title: vscode.l10n.t('Export As') },
  );
  return picked?.format;
}

async function pictureOf(wanted: unknown): Promise<PictureName | undefined> {
  const known = PICTURES.find((name) => name === wanted);
  if (known) return known;
  const picked = await vscode.window.showQuickPick(
    PICTURES.flatMap((picture) => {
      const label = TITLES[picture];
      return label === undefined ? [] : [{ label, picture }];
    }),
    { title: vscode.l10n.t('Export Which Picture?') },
  );
  return picked?.picture;
}

async function pickTarget(name: string, { label, extension }: Format): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name}.${extension}`) } : {}),
    filters: { [label]: [extension] },
  });
}

async function offerToOpen(target: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const name = target.path.split('/').at(-1) ?? '';
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t('Exported to {0}', name), open);
  if (picked === open) await vscode.commands.executeCommand('vscode.open', target);
}
