import axe from 'axe-core';
import type { ConsoleMessage, FrameLocator, Page } from 'playwright-core';

interface AxeResult {
  readonly violations: readonly {
    id: string;
    nodes: readonly { target: unknown; failureSummary?: string }[];
  }[];
}

/** Runs axe inside a webview's own document; gives one line a violation. */
export async function accessibilityProblems(frame: FrameLocator): Promise<string[]> {
  const inside = await (await frame.locator('body').elementHandle())?.ownerFrame();
  if (!inside) throw new Error('the webview has no document');
  await inside.evaluate(axe.source);
  const result = await inside.evaluate<AxeResult>('axe.run(document)');
  return result.violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${JSON.stringify(n.target)} ${n.failureSummary ?? ''}`),
  );
}

/** The toolkit sets one empty inline style, which our policy refuses; its hash is that of the empty string. */
const EMPTY_STYLE = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** Collects what our webviews complain about from now on. */
export function watchComplaints(page: Page): string[] {
  const complaints: string[] = [];
  const add = (text: string) => void complaints.push(text);
  page.on('pageerror', (error) => {
    if (error.stack?.includes('bioscope') === true) add(error.message);
  });
  page.on('console', (message: ConsoleMessage) => {
    const text = message.text();
    if (message.type() !== 'error' || text.includes(EMPTY_STYLE)) return;
    const ours = message.location().url.includes('bioscope') || text.includes('Content Security Policy');
    if (ours) add(text);
  });
  return complaints;
}
