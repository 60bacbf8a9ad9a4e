import { applyEdits, type Conversion, type Edit } from './edit';

/** One edit, and the conversions it makes. */
export interface WholeEdit {
  readonly edit: Edit;
  readonly conversions: readonly Conversion[];
}

/**
 * The same changes with one edit for each conversion, so that nobody can take the half of one. What stands inside of
 * another, as the page that is written into a vector, goes with it.
 */
export function wholeEdits(text: string, conversions: readonly Conversion[]): readonly WholeEdit[] {
  const spans = conversions
    .map((conversion) => ({
      conversion,
      start: Math.min(...conversion.edits.map((edit) => edit.start)),
      end: Math.max(...conversion.edits.map((edit) => edit.end)),
    }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const groups: { start: number; end: number; conversions: Conversion[] }[] = [];
  for (const { conversion, start, end } of spans) {
    const last = groups.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.conversions.push(conversion);
    } else groups.push({ start, end, conversions: [conversion] });
  }
  return groups.map(({ start, end, conversions: some }) => {
    const inside = some.flatMap((one) =>
      one.edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
    );
    return { edit: { start, end, text: applyEdits(text.slice(start, end), inside) }, conversions: some };
  });
}
