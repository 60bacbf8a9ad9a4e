import * as vscode from 'vscode';

const SCHEME = 'bioscope-dma-errors';

/** The texts are many, and read when somebody first asks. */
const explanations = () => import('../engine/dma/explain');

/** "Explain DMA Error": what the messages of a kernel log mean, as a read-only text. */
export class DmaErrorDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  /** What was explained last; after a reload there is nothing yet, and the list of what is recognised is shown. */
  private text: string | undefined;

  constructor() {
    this.subscriptions = [this.changed, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this)];
  }

  async provideTextDocumentContent(): Promise<string> {
    if (this.text !== undefined) return this.text;
    const { nothingFoundText, RECOGNISED } = await explanations();
    return nothingFoundText(RECOGNISED);
  }

  /** Explains the given text, or what is selected, or what the clipboard holds, or else asks for it. */
  async show(given?: unknown): Promise<void> {
    const log = (typeof given === 'string' ? given : selected()) ?? (await clipboard()) ?? (await ask());
    if (log === undefined) return;
    const { explainDmaErrors, explanationText, nothingFoundText, RECOGNISED } = await explanations();
    const found = explainDmaErrors(log);
    this.text = found.length > 0 ? explanationText(found) : nothingFoundText(RECOGNISED);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: '/DMA errors explained.txt' });
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** The selections of the editor, unless there is none. */
function selected(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  const text = editor?.selections.map((selection) => editor.document.getText(selection)).join('\n');
  return text?.trim() ? text : undefined;
}

/** The clipboard may hold anything: it counts only if a message is in it. */
async function clipboard(): Promise<string | undefined> {
  // A browser asks for leave to be read, or complains: there the box is asked at once.
  if (vscode.env.uiKind === vscode.UIKind.Web) return undefined;
  const text = await vscode.env.clipboard.readText();
  const { explainDmaErrors } = await explanations();
  return explainDmaErrors(text).length > 0 ? text : undefined;
}

async function ask(): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Explain a DMA error'),
    prompt: vscode.l10n.t('A line of a kernel log. For more, select it in an editor or copy it first.'),
    placeHolder: 'swiotlb buffer is full (sz: 393216 bytes), total 32768 (slots), used 4 (slots)',
  });
  return text?.trim() ? text : undefined;
}
