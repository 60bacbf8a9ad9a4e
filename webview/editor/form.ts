import type { JsonPath } from '../../src/model/check';
import type { Finding } from '../../src/model/check';
import type { DocumentEdit } from '../../src/protocol/editor-messages';

/** What the parts of the form share: the value as it is typed, what is wrong with it, and how it is changed. */
export interface Form {
  /** The document with the text that is just being typed. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Changes the document. */
  readonly edit: (edit: DocumentEdit) => void;
  /** What is typed and not yet said: checked, not written. */
  readonly draft: (path: JsonPath, value: unknown) => void;
  readonly isOpen: (path: JsonPath) => boolean;
  readonly toggle: (path: JsonPath, open: boolean) => void;
}

export const key = (path: JsonPath): string => path.join('/');

/** The id of the control of a member. */
export const idOf = (path: JsonPath): string => `at-${key(path)}`;

export function valueAt(root: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    root,
  );
}

/** A copy with another value at a path; `undefined` takes it out. Parents that are missing are made. */
export function withValue(root: unknown, [step, ...rest]: JsonPath, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(root)) {
    return (root as unknown[]).map((item, n) => (n === step ? withValue(item, rest, value) : item));
  }
  const members = new Map(Object.entries(root ?? {}));
  members.set(String(step), withValue(members.get(String(step)), rest, value));
  return Object.fromEntries([...members].filter(([, member]) => member !== undefined));
}

/** What is wrong exactly here. */
export function problemsAt({ findings }: Form, path: JsonPath): readonly Finding[] {
  return findings.filter((finding) => key(finding.path) === key(path));
}

/** How many things are wrong here or further in. */
export function problemsWithin({ findings }: Form, path: JsonPath): number {
  return findings.filter((finding) => path.every((step, n) => finding.path[n] === step)).length;
}
