/** The kernel's limit, and its tab. */
const COLUMNS = 80;
const TAB = 8;

/**
 * A call written anew, as kernel style has it: on one line where it fits, else broken behind a comma and aligned with
 * its parenthesis. Only for calls that take the place of other statements: what stands in a file keeps its form.
 *
 * @param before the text from the start of the line up to the call
 * @param last what follows on the line at least, such as a semicolon
 */
export function wrappedCall(before: string, name: string, given: readonly string[], last: string): string {
  const whole = `${name}(${given.join(', ')})${last}`;
  if (widthOf(before + whole) <= COLUMNS || given.some((one) => one.includes('\n'))) return whole;
  const column = widthOf(`${before}${name}(`);
  const indent = before.startsWith(' ')
    ? ' '.repeat(column)
    : '\t'.repeat(Math.floor(column / TAB)) + ' '.repeat(column % TAB);
  let text = `${name}(`;
  let width = column;
  for (const [i, argument] of given.entries()) {
    const end = i === given.length - 1 ? `)${last}` : ',';
    const gap = i === 0 ? '' : ' ';
    if (i > 0 && width + gap.length + argument.length + end.length > COLUMNS) {
      text += `\n${indent}${argument}${end}`;
      width = column + argument.length + end.length;
    } else {
      text += `${gap}${argument}${end}`;
      width += gap.length + argument.length + end.length;
    }
  }
  return text;
}

function widthOf(line: string): number {
  let width = 0;
  for (const unit of line) width = unit === '\t' ? width - (width % TAB) + TAB : width + 1;
  return width;
}
