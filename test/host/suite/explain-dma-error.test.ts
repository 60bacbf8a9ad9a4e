import * as vscode from 'vscode';
import { eventually, ok } from '../expect';

const LOG =
  'hello\nahci 0000:00:1f.2: swiotlb buffer is full (sz: 393216 bytes), total 32768 (slots), used 4 (slots)\n';

/** The read-only text in front, once it says what is expected. */
const shown = (part: string) =>
  eventually(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'bioscope-dma-errors' && document.getText().includes(part);
  }, `a document that says ${part}`);

describe('"Explain DMA Error"', () => {
  it('explains what is selected', async () => {
    const document = await vscode.workspace.openTextDocument({ content: LOG });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 2, 0);
    await vscode.commands.executeCommand('bioscope.explainDmaError');
    ok(await shown('32764 slots are free'), 'the numbers are explained');
  });

  it('lists what it recognises when it is given something else', async () => {
    await vscode.commands.executeCommand('bioscope.explainDmaError', 'hello');
    ok(await shown('- swiotlb buffer is full'), 'the list');
  });
});
