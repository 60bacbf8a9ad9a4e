import type { PictureName } from '../src/protocol/view-state';

/** What a context menu is about: VS Code hands it to the command that is chosen. Inner elements add to outer ones. */
export type MenuContext =
  | { readonly webviewSection: 'extent' | 'page'; readonly address: number; readonly pfn: number }
  | { readonly webviewSection: 'name'; readonly name: string }
  | { readonly picture: PictureName; readonly webviewSection?: 'dma' };

/** The value of `data-vscode-context`. Cut, copy and paste mean nothing on a picture. */
export function menuContext(context: MenuContext): string {
  return JSON.stringify({ ...context, preventDefaultContextMenuItems: true });
}
