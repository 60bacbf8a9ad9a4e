import * as vscode from 'vscode';
import { parseWord, pfnLayouts } from '../engine/pfn';

/** "Decode __pfn_t Word…": the same 64 bits as every version reads them. */
export async function decodeWord(): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Decode a __pfn_t word'),
    prompt: vscode.l10n.t('64 bits, in hexadecimal or decimal'),
    placeHolder: '0x0000000100000004',
    validateInput: (value) =>
      value === '' || parseWord(value) !== undefined
        ? undefined
        : vscode.l10n.t('Expected at most 64 bits, such as 0x100000004'),
  });
  const word = text ? parseWord(text) : undefined;
  if (word === undefined) return;
  await vscode.window.showQuickPick(
    pfnLayouts.map((layout) => {
      const decoded = layout.decode(word);
      const flags = decoded.flags.length > 0 ? decoded.flags.join(' | ') : vscode.l10n.t('no flags');
      const page = decoded.page === 0n ? 'NULL' : `0x${decoded.page.toString(16)}`;
      return {
        label: `${layout.id}: pfn 0x${decoded.pfn.toString(16)} · ${flags}`,
        description: layout.when + (layout.reconstructed ? ` · ${vscode.l10n.t('reconstructed')}` : ''),
        detail: `phys 0x${decoded.phys.toString(16)} · struct page * ${page}${decoded.remark ? ` · ${decoded.remark}` : ''}`,
      };
    }),
    {
      title: vscode.l10n.t('0x{0} as each version reads it', word.toString(16)),
      placeHolder: vscode.l10n.t('Escape closes'),
    },
  );
}
