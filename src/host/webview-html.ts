import * as vscode from 'vscode';

export type Surface = 'side' | 'explorer' | 'editor';

/**
 * The page of a webview. Nothing is allowed but our own script (by nonce), our own style sheet and images;
 * no network, no inline style, no HTML from data: what is shown is built by the script from messages.
 */
export function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, surface: Surface): string {
  const nonce = newNonce();
  const uri = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const csp = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    // data: a picture is drawn from its SVG when it is exported as PNG.
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri('webview.css')}">
<title>Bioscope</title>
</head>
<body data-surface="${surface}">
<main id="root" tabindex="-1"></main>
<script nonce="${nonce}" src="${uri(surface === 'editor' ? 'editor.js' : 'webview.js')}"></script>
</body>
</html>`;
}

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
