import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';

/**
 * The only place that knows @vscode/webview-ui-toolkit, which is deprecated upstream: when it goes, only this
 * file changes. Only what is used is registered.
 */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton());
}
