// Installed beside Bioscope by `npm start` only: which side panel is open is the browser's memory, and a new
// browser has none. So this opens Bioscope's, once, and leaves what the person does afterwards alone.
import * as vscode from 'vscode';

/** @param {vscode.ExtensionContext} context */
export async function activate({ globalState }) {
  if (globalState.get('shown')) return;
  await vscode.commands.executeCommand('workbench.view.extension.bioscope');
  await globalState.update('shown', true);
}
