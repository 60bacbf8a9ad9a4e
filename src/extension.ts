import type * as vscode from 'vscode';
import { activateBioscope } from './host/activate';

export function activate(context: vscode.ExtensionContext): void {
  activateBioscope(context);
}
