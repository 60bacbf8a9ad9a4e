import {
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  getNodeValue,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { Finding } from './check';
import { checkValue } from './document-value';
import type { BioscopeDocument } from './machine-spec';

/** One thing wrong with a document, placed where it is wrong. Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** What is wrong, what was expected and what to do, in one sentence. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** UTF-16 offsets into the text. */
  readonly start: number;
  readonly end: number;
}

export type ReadResult =
  | { readonly ok: true; readonly document: BioscopeDocument; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A text as JSON, comments and trailing commas accepted; or what makes it none. */
export type ParseResult =
  | { readonly ok: true; readonly value: unknown; readonly root: Node }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseDocument(text: string): ParseResult {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (errors.length === 0 && root !== undefined) return { ok: true, value: getNodeValue(root), root };
  const place = placer(text);
  const problems = errors.map(({ error, offset, length }) =>
    place('error', `not valid JSON: ${printParseErrorCode(error)}`, offset, offset + Math.max(length, 1)),
  );
  return {
    ok: false,
    problems: problems.length > 0 ? problems : [place('error', 'the file is empty', 0, 0)],
  };
}

/** Reads a `*.bioscope.json` text. Never throws. */
export function readDocument(text: string): ReadResult {
  const parsed = parseDocument(text);
  if (!parsed.ok) return parsed;
  const { root, value } = parsed;
  const place = placer(text);
  const at = (finding: Finding): Problem => {
    let node = root;
    for (let depth = finding.path.length; depth > 0; depth--) {
      const found = findNodeAtLocation(root, finding.path.slice(0, depth));
      if (found) {
        node = found;
        break;
      }
    }
    return place(finding.severity, finding.message, node.offset, node.offset + node.length);
  };

  const checked = checkValue(value);
  const findings = checked.findings.map(at);
  return checked.document
    ? { ok: true, document: checked.document, warnings: findings }
    : { ok: false, problems: findings };
}

/** The text of a document, ending in a newline. `readDocument` of it gives the document back. */
export function writeDocument(document: BioscopeDocument): string {
  const { workload: _made, ...scripted } = document;
  return `${JSON.stringify(document.script ? scripted : document, null, 2)}\n`;
}

function placer(text: string) {
  return (severity: Problem['severity'], message: string, from: number, to: number): Problem => {
    // The parser points past the end when something is missing there.
    const start = Math.min(from, text.length);
    const end = Math.min(to, text.length);
    const before = text.slice(0, start);
    const line = before.split('\n').length;
    const column = start - before.lastIndexOf('\n');
    return { severity, message, line, column, start, end };
  };
}
