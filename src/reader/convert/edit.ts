/** One change of a text. Offsets are UTF-16 units of the text before any change. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A place that one rule converts. */
export interface Conversion {
  readonly rule: string;
  /** Offset of what the rule is about. */
  readonly at: number;
  readonly edits: readonly Edit[];
}

/** A place that a rule is about and leaves alone. */
export interface LeftAlone {
  readonly rule: string;
  readonly at: number;
  /** One sentence. */
  readonly reason: string;
}

/** What a rule says of a file. */
export interface RuleResult {
  readonly conversions: readonly Conversion[];
  readonly left: readonly LeftAlone[];
}

/** The text with all edits made. Edits touch but never overlap; two insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits
    .map((edit, order) => ({ edit, order }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.order - b.order);
  let made = '';
  let at = 0;
  for (const { edit } of ordered) {
    if (edit.start < at) throw new RangeError(`two edits overlap at ${edit.start}`);
    made += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return made + text.slice(at);
}

/** Whether any edit of one conversion reaches into one of another. */
export function overlap(a: Conversion, b: Conversion): boolean {
  return a.edits.some((x) => b.edits.some((y) => x.start < y.end && y.start < x.end));
}
