import { applyEdits, modify } from 'jsonc-parser';

/** A change of a document's value: without a value, what is there goes; `insert`: a new element before it. */
export interface ValueEdit {
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
  readonly insert?: boolean | undefined;
}

/** A change of text: UTF-16 offsets into it. */
interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/** An edit of the value as edits of the text: only what changes is touched, comments stay. */
export function textEdits(text: string, { path, value, insert = false }: ValueEdit): TextEdit[] {
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const edits = modify(text, [...path], value, { formattingOptions, isArrayInsertion: insert });
  // Several edits of jsonc-parser are meant one after another; an editor wants them at once.
  if (edits.length < 2) return edits;
  return [{ offset: 0, length: text.length, content: applyEdits(text, edits) }];
}
