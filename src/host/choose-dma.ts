import * as vscode from 'vscode';
import { DMA_HARDWARE, type DmaHardware } from '../model/dma-spec';
import type { Session } from './session';

/** What stands between devices and memory, in words. */
const HARDWARE: Readonly<Record<DmaHardware, string>> = {
  none: 'Nothing: swiotlb where memory reaches above 4 GiB, else nommu',
  'intel-vtd': 'Intel VT-d: add intel_iommu=on to the command line to use it',
  'amd-vi': 'AMD-Vi',
  'amd-gart': 'AMD GART: an aperture, used where memory reaches above 4 GiB',
  xen: 'Xen: the machine’s frames are not the domain’s',
  sta2x11: 'STA2X11: a companion chip that shows its devices 512 MiB',
};

/** Asks what stands between the open machine's devices and memory, and for the command line. False: nothing changed. */
export async function chooseDma(session: Session): Promise<boolean> {
  const { document } = session;
  if (!document) return false;
  const { dma } = document.machine;
  const picked = await vscode.window.showQuickPick(
    DMA_HARDWARE.map((hardware) => ({
      label: hardware,
      description: hardware === dma?.hardware ? vscode.l10n.t('now') : '',
      detail: HARDWARE[hardware],
    })),
    { title: vscode.l10n.t('What stands between devices and memory?') },
  );
  if (!picked) return false;
  const cmdline = await vscode.window.showInputBox({
    title: vscode.l10n.t('Kernel command line'),
    prompt: vscode.l10n.t('What it says of DMA chooses the ops; leave it empty for none.'),
    placeHolder:
      'swiotlb=force · iommu=soft · iommu=off · iommu=pt · intel_iommu=on,strict · amd_iommu=fullflush',
    value: dma?.cmdline ?? (picked.label === 'intel-vtd' ? 'intel_iommu=on' : ''),
  });
  if (cmdline === undefined) return false;
  const machine = { ...document.machine, dma: { ...dma, hardware: picked.label, cmdline } };
  await session.open({ ...document, machine });
  return true;
}
