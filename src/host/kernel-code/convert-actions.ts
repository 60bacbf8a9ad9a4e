import * as vscode from 'vscode';
import type { Conversion, RuleSet } from '../../reader';
import { isOwnC, rangeOf } from './c-documents';
import {
  addConversions,
  convertText,
  helperOf,
  rulesFor,
  withPreview,
  type FileConversions,
} from './file-conversions';
import type { KernelTrees } from './kernel-trees';

const SOURCE = vscode.CodeActionKind.Source.append('bioscope.convert');
const REWRITE = vscode.CodeActionKind.RefactorRewrite.append('bioscope');

interface Planned {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly conversions: readonly Conversion[];
}

/** What VS Code may expect of the provider. */
export const CONVERT_KINDS = [vscode.CodeActionKind.QuickFix, REWRITE, SOURCE];

/** The light bulb at places that a helper can take over, and "all in this file" beside it. */
export class ConvertActions implements vscode.CodeActionProvider {
  /** Asked for with every movement of the cursor: the last answers are kept as long as the text is the same. */
  private readonly known = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly found: readonly FileConversions[] }
  >();
  private readonly planned = new WeakMap<vscode.CodeAction, Planned>();

  constructor(private readonly trees: KernelTrees) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    if (!isOwnC(document)) return [];
    const found = await this.conversionsOf(document, token);
    return found.flatMap((one) => this.actions(document, range, context, one, found.length > 1));
  }

  private actions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { only, diagnostics }: vscode.CodeActionContext,
    { conversions, rules }: FileConversions,
    isOneOfTwo: boolean,
  ): vscode.CodeAction[] {
    const name = isOneOfTwo ? ` ${rulesName(rules)}` : '';
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const here = conversions.filter(({ edits }) =>
      edits.some(({ start, end }) => start <= to && end >= from),
    );
    const make = (title: string, kind: vscode.CodeActionKind, some: readonly Conversion[]) => {
      const action = new vscode.CodeAction(title, kind);
      this.planned.set(action, { document, version: document.version, conversions: some });
      return action;
    };
    const made = here.map((conversion) => {
      const title = vscode.l10n.t('Convert to {0}(){1}…', helperOf(conversion), name);
      const action = make(title, vscode.CodeActionKind.QuickFix, [conversion]);
      const whole = conversion.edits.map((edit) => rangeOf(document, edit)).reduce((a, b) => a.union(b));
      action.diagnostics = diagnostics.filter(
        (one) => one.source === 'Bioscope' && one.range.intersection(whole) !== undefined,
      );
      return action;
    });
    const wantsAll = only !== undefined && (only.contains(SOURCE) || only.contains(REWRITE));
    if (conversions.length === 0 || (here.length === 0 && !wantsAll)) return made;
    const title = vscode.l10n.t('Convert all {0} places in this file{1}…', conversions.length, name);
    if (conversions.length > 1 || here.length === 0) made.push(make(title, REWRITE, conversions));
    if (only?.contains(SOURCE)) made.push(make(title, SOURCE, conversions));
    return made;
  }

  /** The edit is made when somebody has chosen one: a file may have thousands of places. */
  async resolveCodeAction(action: vscode.CodeAction): Promise<vscode.CodeAction> {
    const planned = this.planned.get(action);
    if (!planned || planned.document.version !== planned.version) return action;
    const { document, conversions } = planned;
    action.edit = withPreview(new vscode.WorkspaceEdit(), document.uri);
    await addConversions(action.edit, document.uri, document.getText(), conversions);
    return action;
  }

  private async conversionsOf(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<readonly FileConversions[]> {
    const known = this.known.get(document);
    if (known?.version === document.version) return known.found;
    const { version } = document;
    const text = document.getText();
    const rules = await rulesFor(this.trees, document.uri);
    const found: FileConversions[] = [];
    // Which kernel an unknown file belongs to, only its reader knows: both are offered.
    for (const one of rules ? [rules] : (['series', 'modern'] as const)) {
      const made = await convertText(
        this.trees,
        document.uri,
        text,
        one,
        () => token.isCancellationRequested || document.version !== version,
      );
      if (!made) return [];
      found.push(made);
    }
    this.known.set(document, { version, found });
    return found.filter(({ conversions }) => conversions.length > 0);
  }
}

export function rulesName(rules: RuleSet): string {
  return rules === 'series' ? vscode.l10n.t('(series of 2015)') : vscode.l10n.t('(helpers of today)');
}
