import * as vscode from 'vscode';
import type { RuleSet } from '../../reader';
import { isOwnC, rangeOf } from './c-documents';
import { rulesName } from './convert-actions';
import { convertFiles, type Converted } from './convert-tree';
import { addConversions, convertText, rulesFor, withPreview } from './file-conversions';
import type { KernelTrees } from './kernel-trees';
import type { LinkedLine, ReadingDocuments } from './reading-documents';

/** "Convert to pfn Helpers…": a place, a file, folders or the workspace; nothing is changed before it was shown. */
export class ConvertCommand {
  private left: readonly LinkedLine[] | undefined;

  constructor(
    private readonly trees: KernelTrees,
    private readonly documents: ReadingDocuments,
  ) {}

  /** @param uris files and folders, where the explorer names them; asked for otherwise */
  async run(uris?: readonly vscode.Uri[]): Promise<void> {
    const targets = uris && uris.length > 0 ? uris : await this.ask();
    if (targets === 'here') return this.convertHere();
    const first = targets?.[0];
    if (!targets || !first) return;
    const rules = (await rulesFor(this.trees, first)) ?? (await askRules());
    if (!rules) return;
    const converted = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Looking for what can be converted {0}', rulesName(rules)),
        cancellable: true,
      },
      (progress, token) =>
        convertFiles(this.trees, targets, rules, token, (looked, places) =>
          progress.report({ message: vscode.l10n.t('{0} files, {1} places', looked, places) }),
        ),
    );
    if (converted) await this.apply(converted, rules);
  }

  /** "Show What Was Left Alone": by the last conversion. */
  async showLeft(): Promise<void> {
    if (this.left) await this.documents.show(vscode.l10n.t('Left alone by the conversion'), this.left);
    else
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was converted in this window yet.'));
  }

  private async apply({ edit, places, files, left, looked }: Converted, rules: RuleSet): Promise<void> {
    this.left = leftLines(left, rules, places, files);
    if (places === 0) {
      const nothing = vscode.l10n.t('Nothing to convert {0} in {1} C files.', rulesName(rules), looked);
      if (left.length > 0) await this.showLeft();
      else void vscode.window.showInformationMessage(nothing);
      return;
    }
    // VS Code saves what a refactoring changes in files that were not open, unless its settings say otherwise.
    const applied = await vscode.workspace.applyEdit(edit, { isRefactoring: true });
    void this.tell(applied, left.length);
  }

  /** Nobody waits for it: a notification stays until it is closed. */
  private async tell(applied: boolean, left: number): Promise<void> {
    if (left === 0) return;
    const show = vscode.l10n.t('Show Them');
    const said = applied
      ? vscode.l10n.t('Converted. {0} places were left alone, each for a reason.', left)
      : vscode.l10n.t('Nothing was changed. {0} places would have been left alone.', left);
    if ((await vscode.window.showInformationMessage(said, show)) === show) await this.showLeft();
  }

  private async ask(): Promise<readonly vscode.Uri[] | 'here' | undefined> {
    const editor = vscode.window.activeTextEditor;
    const own = editor && isOwnC(editor.document) ? editor.document : undefined;
    const roots = vscode.workspace.workspaceFolders?.map(({ uri }) => uri) ?? [];
    const items = [
      ...(own
        ? [
            { label: vscode.l10n.t('$(symbol-method) The place under the cursor'), scope: 'here' as const },
            {
              label: vscode.l10n.t('$(file-code) This file'),
              description: vscode.workspace.asRelativePath(own.uri),
              scope: 'file' as const,
            },
          ]
        : []),
      { label: vscode.l10n.t('$(folder) A folder…'), scope: 'folder' as const },
      ...(roots.length > 0
        ? [{ label: vscode.l10n.t('$(root-folder) The whole workspace'), scope: 'workspace' as const }]
        : []),
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Convert to pfn helpers'),
      placeHolder: vscode.l10n.t('Where? Every change is shown before it is made.'),
    });
    if (!picked || picked.scope === 'here') return picked?.scope;
    if (picked.scope === 'file') return own && [own.uri];
    if (picked.scope === 'workspace') return roots;
    return vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: true,
      title: vscode.l10n.t('Convert to pfn helpers'),
      ...(roots[0] ? { defaultUri: roots[0] } : {}),
    });
  }

  /** What the light bulb does, for whoever prefers a command. */
  private async convertHere(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const { document, selection } = editor;
    const rules = (await rulesFor(this.trees, document.uri)) ?? (await askRules());
    const text = document.getText();
    const found = rules && (await convertText(this.trees, document.uri, text, rules, () => false));
    if (!found) return;
    // The cursor is in the line that is meant, seldom in the very word.
    const touched = new vscode.Range(selection.start.line, 0, selection.end.line + 1, 0);
    const here = found.conversions.filter(({ edits }) =>
      edits.some((edit) => {
        const range = rangeOf(document, edit);
        return range.start.isBefore(touched.end) && !range.end.isBefore(touched.start);
      }),
    );
    if (here.length > 0) {
      const edit = withPreview(new vscode.WorkspaceEdit(), document.uri);
      await addConversions(edit, document.uri, text, here);
      await vscode.workspace.applyEdit(edit, { isRefactoring: true });
      return;
    }
    const reasons = found.left.filter(({ at }) => touched.contains(document.positionAt(at)));
    void vscode.window.showInformationMessage(
      reasons.length > 0
        ? vscode.l10n.t('Left alone: {0}.', reasons.map(({ reason }) => reason).join('; '))
        : vscode.l10n.t('No rule converts anything in this line.'),
    );
  }
}

async function askRules(): Promise<RuleSet | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('To the helpers of 2015'),
        detail: vscode.l10n.t('bvec_page(), bvec_set_page(bv, page), sg_phys(): as the series did to 4.1.'),
        rules: 'series' as const,
      },
      {
        label: vscode.l10n.t('To the helpers of today'),
        detail: vscode.l10n.t(
          'bvec_set_page() with four arguments, bvec_virt(), memcpy_from_bvec() … of 6.x.',
        ),
        rules: 'modern' as const,
      },
    ],
    {
      title: vscode.l10n.t('Convert to pfn helpers'),
      placeHolder: vscode.l10n.t('No Makefile says which kernel this is. Which helpers does it have?'),
    },
  );
  return picked?.rules;
}

function leftLines(
  left: readonly LinkedLine[],
  rules: RuleSet,
  places: number,
  files: number,
): readonly LinkedLine[] {
  const names = rulesName(rules);
  return [
    { text: vscode.l10n.t('Can be converted {0}: {1} places, files: {2}', names, places, files) },
    { text: vscode.l10n.t('Left alone, each for its reason: {0}', left.length) },
    { text: '' },
    ...left,
  ];
}
