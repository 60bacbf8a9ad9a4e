import * as v from 'valibot';
import { checkDocument, type Finding } from './check';
import { DOCUMENT_VERSION, DocumentSchema, type BioscopeDocument } from './machine-spec';
import { withScript } from './script';
import type { ScriptProblem } from './script/parse';

/** A value that was JSON, as a document: there is one where no finding is an error. */
export interface CheckedValue {
  readonly document?: BioscopeDocument;
  readonly findings: readonly Finding[];
}

/** Checks what a document says: its version, its form, and then what a schema cannot see. Never throws. */
export function checkValue(value: unknown): CheckedValue {
  const version = versionProblem(value);
  if (version) return { findings: [version] };
  const parsed = v.safeParse(DocumentSchema, value);
  if (!parsed.success) return { findings: parsed.issues.map(fromIssue) };
  const scripted = withScript(parsed.output);
  if (!scripted.ok) return { findings: scripted.problems.map(inScript) };
  const findings = checkDocument(scripted.document);
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  return { document: scripted.document, findings };
}

function inScript({ line, message }: ScriptProblem): Finding {
  return { severity: 'error', path: ['script', line - 1], message: `script, line ${line}: ${message}` };
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
