import * as vscode from 'vscode';
import type { CaptureProblem, Part } from '../capture';
import { showProblems } from './problems';

/** A text that a machine printed, and what it is called. */
export interface CapturedText {
  readonly name: string;
  readonly text: string;
}

export interface ReadCaptures {
  readonly parts: readonly Part[];
  readonly warnings: readonly CaptureProblem[];
}

/** Reads captures one after another; `undefined` when some cannot be read (that is said then), or on Cancel. */
export async function readCaptures(texts: readonly CapturedText[]): Promise<ReadCaptures | undefined> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Reading captures'),
      cancellable: true,
    },
    async (progress, cancel) => {
      const { formatProblem, readCapture } = await import('../capture');
      const parts: Part[] = [];
      const warnings: CaptureProblem[] = [];
      const problems: string[] = [];
      for (const { name, text } of texts) {
        progress.report({ message: name, increment: 100 / texts.length });
        // Lets the Cancel button be pressed, and be heard.
        await new Promise((resolve) => setTimeout(resolve));
        if (cancel.isCancellationRequested) return undefined;
        const read = readCapture(text, name);
        if (read.ok) {
          parts.push(...read.value);
          warnings.push(...read.warnings);
        } else problems.push(...read.problems.map(formatProblem));
      }
      if (problems.length === 0) return { parts, warnings };
      const names = texts.map(({ name }) => name).join(', ');
      showProblems(vscode.l10n.t('{0} was not imported', names), problems);
      return undefined;
    },
  );
}

/** Far above any machine's captures; what is larger was picked by mistake, and would be read whole. Bytes. */
const LARGEST = 16 * 2 ** 20;

/** The text of a file; `undefined` when it cannot be had, which is said then. */
export async function captureFile(uri: vscode.Uri): Promise<CapturedText | undefined> {
  const name = uri.path.split('/').at(-1) ?? uri.path;
  try {
    // Files in /proc say that they are empty.
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LARGEST) throw new Error(vscode.l10n.t('it has {0} bytes, too many for a capture', size));
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { name, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    showProblems(vscode.l10n.t('{0} was not imported', name), [reason]);
    return undefined;
  }
}

/** What the machine of the extension host shows in files: nothing is run, and nothing leaves it. */
export async function captureHere(): Promise<CapturedText[] | undefined> {
  const iomem = await captureFile(vscode.Uri.file('/proc/iomem'));
  if (!iomem) return undefined;
  const found = [{ ...iomem, name: '/proc/iomem' }];
  const zoneinfo = await quietly('/proc/zoneinfo');
  if (zoneinfo) found.push({ name: '/proc/zoneinfo', text: zoneinfo });
  const queues = await queueLimits();
  if (queues) found.push({ name: '/sys/block/*/queue/*', text: queues });
  return found;
}

// The form that grep prints of /sys/block, a file a line.
async function queueLimits(): Promise<string> {
  const lines: string[] = [];
  for (const disk of await names('/sys/block')) {
    for (const limit of await names(`/sys/block/${disk}/queue`)) {
      const path = `/sys/block/${disk}/queue/${limit}`;
      const value = (await quietly(path))?.trim();
      if (value) lines.push(`${path}:${value}`);
    }
  }
  return lines.join('\n');
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await vscode.workspace.fs.readDirectory(vscode.Uri.file(folder))).map(([name]) => name);
  } catch {
    return [];
  }
}

async function quietly(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(path)));
  } catch {
    return undefined;
  }
}
