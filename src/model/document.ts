import {
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  getNodeValue,
  type ParseError,
} from 'jsonc-parser';
import * as v from 'valibot';
import { DOCUMENT_VERSION, DocumentSchema, type BioscopeDocument } from './machine-spec';
import { checkDocument, type Finding } from './check';

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

/** Reads a `*.bioscope.json` text. Never throws; comments and trailing commas are accepted. */
export function readDocument(text: string): ReadResult {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const place = placer(text);
  if (errors.length > 0 || root === undefined) {
    const syntax = errors.map((e) =>
      place(
        'error',
        `not valid JSON: ${printParseErrorCode(e.error)}`,
        e.offset,
        e.offset + Math.max(e.length, 1),
      ),
    );
    return { ok: false, problems: syntax.length > 0 ? syntax : [place('error', 'the file is empty', 0, 0)] };
  }
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

  const value: unknown = getNodeValue(root);
  const version = versionProblem(value);
  if (version) return { ok: false, problems: [at(version)] };

  const parsed = v.safeParse(DocumentSchema, value);
  if (!parsed.success) {
    return { ok: false, problems: parsed.issues.map((issue) => at(fromIssue(issue))) };
  }
  const findings = checkDocument(parsed.output).map(at);
  if (findings.some((p) => p.severity === 'error')) return { ok: false, problems: findings };
  return { ok: true, document: parsed.output, warnings: findings };
}

/** The text of a document, ending in a newline. `readDocument` of it gives the document back. */
export function writeDocument(document: BioscopeDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function versionProblem(value: unknown): Finding | undefined {
  const version: unknown =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['bioscope'] : undefined;
  if (version === DOCUMENT_VERSION) return undefined;
  if (typeof version === 'number' && version > DOCUMENT_VERSION) {
    return {
      severity: 'error',
      path: ['bioscope'],
      message: `this document has version ${version}; this Bioscope reads up to version ${DOCUMENT_VERSION}: update the extension`,
    };
  }
  return {
    severity: 'error',
    path: ['bioscope'],
    message: `expected a Bioscope document: an object with "bioscope": ${DOCUMENT_VERSION}`,
  };
}

function fromIssue(issue: v.GenericIssue): Finding {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  const message = issue.message.startsWith('Invalid')
    ? `expected ${issue.expected ?? 'another value'}, got ${issue.received}`
    : issue.message;
  return { severity: 'error', path, message: where + message };
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
