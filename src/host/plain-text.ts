/**
 * Text from a file for a notification. VS Code makes `[label](command:…)` in a message a link that runs a command,
 * so the two halves are kept apart: what a file says must never become something to click.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
