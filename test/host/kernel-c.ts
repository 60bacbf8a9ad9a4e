import * as vscode from 'vscode';

/** What the tests of kernel C share: files of the workspace, marks, and what is offered. */

export const root = () => vscode.workspace.workspaceFolders![0]!.uri;
export const fileIn = (path: string) => vscode.Uri.joinPath(root(), path);

export async function write(path: string, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(fileIn(path), new TextEncoder().encode(text));
  return fileIn(path);
}

export const open = async (uri: vscode.Uri) => {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
};

export const settings = () => vscode.workspace.getConfiguration('bioscope');
export async function withSetting(name: string, value: unknown, run: () => Promise<void>): Promise<void> {
  await settings().update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await run();
  } finally {
    await settings().update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

export const marks = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Bioscope');
export const codes = (uri: vscode.Uri) =>
  marks(uri).map(({ code }) => (typeof code === 'object' ? code.value : code));

export const CODE = `#include <linux/bio.h>

static void sample(struct bio_vec *bv, struct page *page)
{
	void *p = page_address(bv->bv_page);

	bv->bv_page = page;
	WARN_ON(sizeof(bv->bv_page) != 8);
}
`;

export const codeActions = (document: vscode.TextDocument, word: string, kind?: string) => {
  const at = document.positionAt(document.getText().indexOf(word) + 1);
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(at, at),
    kind,
  );
};
