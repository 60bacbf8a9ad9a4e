import * as vscode from 'vscode';
import { askFilter } from './ask-filter';
import {
  auditOf,
  remembered,
  rememberedOf,
  type Audited,
  type AuditSummary,
  type RememberedAudit,
} from './audit-run';
import { exportAudit } from './export';
import { filterText, HAZARDS_ONLY, isDefault, type AuditFilter } from './filter';
import { foldersToAudit } from './folders';
import { REMEMBERED, type AUDIT_COMMANDS } from './names';
import { auditModel, textOf, type AuditedTree, type AuditModel, type AuditNode } from './model';
import { reader } from './run';
import { AuditStore } from './store';
import { treeItem, type ItemFacts } from './tree-item';

const EMPTY: AuditModel = { roots: [], shown: 0, all: 0 };

/** So few that a search shows them at once. */
const FEW = 200;

/** The audit of kernel trees: runs it, shows it, filters it, writes it. */
export class AuditView {
  private readonly store: AuditStore;
  private audits: readonly Audited[] = [];
  private filter = HAZARDS_ONLY;
  private model = EMPTY;
  private facts: ItemFacts | undefined;
  private running: { stopped: boolean } | undefined;
  /** What was shown before the window was closed. Read when somebody first looks. */
  private restored: Promise<void> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly view: vscode.TreeView<AuditNode>,
    private readonly changed: () => void,
  ) {
    this.store = new AuditStore(context.storageUri);
  }

  readonly commands: Readonly<
    Record<(typeof AUDIT_COMMANDS)[number], (...args: never[]) => Promise<unknown>>
  > = {
    audit: (folder?: unknown) => this.ask(folder),
    auditRefresh: () => this.refresh(),
    auditStop: () => this.stop(),
    auditFilter: (filter?: unknown) => this.changeFilter(filter),
    auditSearch: (text?: unknown) => this.search(text),
    auditClearFilter: () => this.show(this.audits, HAZARDS_ONLY),
    auditExport: (format?: unknown, to?: unknown) => this.export(format, to),
    auditCopy: (node?: AuditNode, all?: readonly AuditNode[]) => this.copy(all ?? (node ? [node] : [])),
    auditClear: () => this.clear(),
  };

  itemOf(node: AuditNode): vscode.TreeItem {
    return treeItem(node, this.facts!, this.filter.text !== '' && this.model.shown <= FEW);
  }

  async childrenOf(node?: AuditNode): Promise<readonly AuditNode[]> {
    if (node) return node.children;
    await this.restore();
    return this.model.roots;
  }

  private get remembered(): readonly RememberedAudit[] {
    return this.context.workspaceState.get<readonly RememberedAudit[]>(REMEMBERED, []);
  }

  private get trees(): readonly AuditedTree[] {
    return this.audits.map(({ top, under, report }) => {
      const name = top.path.split('/').filter(Boolean).at(-1) ?? top.path;
      return { name: under === '' ? name : `${name}/${under}`, uri: top.toString(), report };
    });
  }

  private async ask(clicked?: unknown): Promise<AuditSummary | undefined> {
    const folders = await foldersToAudit(clicked);
    return folders && folders.length > 0 ? this.run(folders) : undefined;
  }

  private async refresh(): Promise<AuditSummary | undefined> {
    await this.restore();
    return this.audits.length > 0 ? this.run(this.audits.map((one) => one.folder)) : this.ask();
  }

  private stop(): Promise<void> {
    if (this.running) this.running.stopped = true;
    return Promise.resolve();
  }

  private async run(folders: readonly vscode.Uri[]): Promise<AuditSummary | undefined> {
    if (this.running) {
      void vscode.window.showInformationMessage(vscode.l10n.t('An audit is running. Stop it first.'));
      return undefined;
    }
    // What was there before must not come back later.
    await this.restore();
    const token = (this.running = { stopped: false });
    await setContext('auditing', true);
    try {
      const audits: Audited[] = [];
      let summary: AuditSummary = { looked: 0, read: 0, cancelled: false };
      for (const folder of folders) {
        const done = await this.withProgress(folder, token);
        audits.push(done.audited);
        summary = {
          looked: summary.looked + done.summary.looked,
          read: summary.read + done.summary.read,
          cancelled: done.summary.cancelled,
        };
        if (token.stopped) break;
      }
      await this.context.workspaceState.update(REMEMBERED, audits.map(rememberedOf));
      await this.show(audits, this.filter);
      await vscode.commands.executeCommand('bioscope.audit.focus');
      return summary;
    } finally {
      this.running = undefined;
      await setContext('auditing', false);
    }
  }

  private withProgress(
    folder: vscode.Uri,
    token: { stopped: boolean },
  ): Thenable<Awaited<ReturnType<typeof auditOf>>> {
    const name = folder.path.split('/').filter(Boolean).at(-1) ?? folder.path;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Auditing {0}', name),
      cancellable: true,
    };
    return vscode.window.withProgress(options, (progress, cancel) => {
      cancel.onCancellationRequested(() => (token.stopped = true));
      return auditOf(folder, { store: this.store, token, progress, log: this.log });
    });
  }

  private restore(): Promise<void> {
    this.restored ??= Promise.all(this.remembered.map((one) => remembered(one, this.store)))
      .then((audits) =>
        this.show(
          audits.flatMap((one) => one ?? []),
          this.filter,
        ),
      )
      .catch((error: unknown) => this.log.error(`The last audit could not be read: ${String(error)}`));
    return this.restored;
  }

  private async show(audits: readonly Audited[], filter: AuditFilter): Promise<void> {
    this.audits = audits;
    this.filter = filter;
    const { trees } = this;
    if (trees.length > 0) this.facts ??= await itemFacts();
    this.model = auditModel(trees, filter);
    this.view.description = trees.map(({ name }) => name).join(', ');
    this.view.message = this.message();
    await setContext('audited', audits.length > 0);
    await setContext('auditFiltered', !isDefault(filter));
    this.changed();
  }

  /** What is shown, and what is not. */
  private message(): string | undefined {
    if (this.audits.length === 0) return undefined;
    const { shown, all } = this.model;
    const what = filterText(this.filter);
    const lines = [
      what === ''
        ? vscode.l10n.t('{0} hazards; {1} other uses are not shown.', shown, all - shown)
        : vscode.l10n.t('{0} of {1} uses: {2}', shown, all, what),
    ];
    const stopped = this.audits.find(({ report }) => report.cancelled);
    if (stopped)
      lines.push(vscode.l10n.t('Stopped after {0} files. Refresh to go on.', stopped.report.looked));
    return lines.join(' ');
  }

  private async changeFilter(given?: unknown): Promise<void> {
    await this.restore();
    const filter = isFilter(given) ? { ...HAZARDS_ONLY, ...given } : await askFilter(this.trees, this.filter);
    if (filter) await this.show(this.audits, filter);
  }

  private async search(given?: unknown): Promise<void> {
    await this.restore();
    const text =
      typeof given === 'string'
        ? given
        : await vscode.window.showInputBox({
            title: vscode.l10n.t('Search the audit'),
            prompt: vscode.l10n.t(
              'Words of a path, a name, a kind or a hazard; all must match. Empty shows all.',
            ),
            placeHolder: 'raid1 bv_page write',
            value: this.filter.text,
          });
    if (text !== undefined) await this.show(this.audits, { ...this.filter, text: text.trim() });
  }

  private async export(format?: unknown, to?: unknown): Promise<vscode.Uri | undefined> {
    await this.restore();
    const { trees } = this;
    const picks = trees.map((tree) => ({ label: tree.name, tree }));
    const tree =
      picks.length < 2
        ? trees[0]
        : (await vscode.window.showQuickPick(picks, { title: vscode.l10n.t('Export the audit') }))?.tree;
    if (!tree) return undefined;
    const uri = await exportAudit(tree.name, tree.report, format, to);
    if (uri) await vscode.window.showTextDocument(uri);
    return uri;
  }

  /** What is shown of some nodes, or of all. Returns it as well. */
  private async copy(nodes: readonly AuditNode[]): Promise<string> {
    await this.restore();
    const text = this.facts ? textOf(nodes.length > 0 ? nodes : this.model.roots, this.facts) : '';
    await vscode.env.clipboard.writeText(text);
    return text;
  }

  private async clear(): Promise<void> {
    await this.restore();
    await Promise.all(this.audits.map(({ folder }) => this.store.forget(folder)));
    await this.context.workspaceState.update(REMEMBERED, undefined);
    await this.show([], HAZARDS_ONLY);
  }
}

const setContext = (key: string, value: boolean) =>
  vscode.commands.executeCommand('setContext', `bioscope.${key}`, value);

/** From another program: some of the lists. */
function isFilter(given: unknown): given is Partial<AuditFilter> {
  if (typeof given !== 'object' || given === null || given instanceof vscode.Uri) return false;
  const lists = Object.entries(given).filter(([key]) => key !== 'text' && key in HAZARDS_ONLY);
  return lists.length > 0 && lists.every(([, list]) => Array.isArray(list));
}

async function itemFacts(): Promise<ItemFacts> {
  const { HAZARDS, percent, READINESS, seriesLinesOf } = await reader();
  const why = new Map(HAZARDS.map((hazard) => [hazard.code, hazard.why]));
  return {
    why: (code) => why.get(code) ?? '',
    readiness: READINESS,
    seriesLinesOf,
    ready: (sums) => (sums.readiness === undefined ? undefined : vscode.l10n.t('{0} ready', percent(sums))),
    seriesFiles: (files) => vscode.l10n.t('series: {0} files', files),
    seriesLines: (lines) => vscode.l10n.t('series: {0} lines', lines),
  };
}
