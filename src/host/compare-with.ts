import * as vscode from 'vscode';
import { withoutDevicePages } from '../engine/memory/device-pages';
import { readDocument } from '../model/document';
import { FLAVOURS, POSTINGS, flavourLabel, type KernelChoice } from '../model/flavour';
import type { BioscopeDocument, CompareChoice, MachineSpec } from '../model/machine-spec';
import type { DmaSpec } from '../model/dma-spec';
import type { Samples } from './samples';
import type { Session } from './session';

/** Ways to memory that differ in what becomes of a request; what of them is used, the command line says. */
const DMA: readonly { readonly label: string; readonly dma: DmaSpec }[] = [
  { label: 'every request bounced: swiotlb=force', dma: { hardware: 'none', cmdline: 'swiotlb=force' } },
  { label: 'no translation: nothing, or swiotlb above 4 GiB', dma: { hardware: 'none' } },
  { label: 'Intel VT-d', dma: { hardware: 'intel-vtd', cmdline: 'intel_iommu=on' } },
  { label: 'AMD-Vi', dma: { hardware: 'amd-vi' } },
  { label: 'AMD GART', dma: { hardware: 'amd-gart' } },
  { label: 'Xen', dma: { hardware: 'xen' } },
];

const KERNELS: readonly KernelChoice[] = FLAVOURS.flatMap((flavour): KernelChoice[] =>
  flavour === '4.1-pfn' ? POSTINGS.map((posting) => ({ flavour, posting })) : [{ flavour }],
);

type Item = vscode.QuickPickItem & {
  readonly choose?: () => Promise<CompareChoice | undefined>;
};

/** Asks what the open machine should stand beside. False: nothing changed. */
export async function pickComparison(session: Session, samples: Samples): Promise<boolean> {
  const { document } = session;
  if (!document) return false;
  const picked = await vscode.window.showQuickPick(itemsFor(document, samples), {
    title: vscode.l10n.t('Compare With'),
    placeHolder: vscode.l10n.t('The same workload runs on both; what differs is marked.'),
    matchOnDescription: true,
  });
  const choice = await picked?.choose?.();
  if (!choice) return false;
  await session.compareWith(choice);
  return true;
}

function itemsFor({ machine }: BioscopeDocument, samples: Samples): Item[] {
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const now = (kernel: KernelChoice) => flavourLabel(kernel) === flavourLabel(machine.kernel);
  const sameDma = (dma: DmaSpec) =>
    dma.hardware === machine.dma?.hardware && (dma.cmdline ?? '') === (machine.dma?.cmdline ?? '');
  return [
    separator(vscode.l10n.t('This machine with another kernel')),
    ...KERNELS.filter((kernel) => !now(kernel)).map((kernel): Item => ({
      label: flavourLabel(kernel),
      choose: () => Promise.resolve({ kernel }),
    })),
    separator(vscode.l10n.t('This machine with another way to memory')),
    ...DMA.filter(({ dma }) => !sameDma(dma)).map(({ label, dma }): Item => ({
      label,
      choose: () => Promise.resolve({ dma }),
    })),
    separator(vscode.l10n.t('Another machine')),
    {
      label: vscode.l10n.t('This machine without device pages'),
      description: vscode.l10n.t('as before ZONE_DEVICE'),
      choose: () => Promise.resolve({ machine: bare(machine) }),
    },
    {
      label: vscode.l10n.t('A sample machine…'),
      choose: async () => machineOf(await samples.choose()),
    },
    { label: vscode.l10n.t('A document…'), choose: fromFile },
  ];
}

function bare(machine: MachineSpec): MachineSpec {
  const other = withoutDevicePages({ bioscope: 1, machine }).machine;
  return { ...other, name: vscode.l10n.t('{0}, without device pages', machine.name) };
}

const machineOf = (document: BioscopeDocument | undefined): CompareChoice | undefined =>
  document && { machine: document.machine };

async function fromFile(): Promise<CompareChoice | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Compare with which machine?'),
      filters: { [vscode.l10n.t('Bioscope documents')]: ['json'] },
    })) ?? [];
  if (!uri) return undefined;
  const read = readDocument(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
  if (read.ok) return machineOf(read.document);
  const [first] = read.problems;
  void vscode.window.showErrorMessage(
    vscode.l10n.t(
      '{0}, line {1}: {2}',
      vscode.workspace.asRelativePath(uri),
      first?.line ?? 1,
      first?.message ?? '',
    ),
  );
  return undefined;
}
