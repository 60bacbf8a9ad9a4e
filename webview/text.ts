/** Cuts text to what fits into `width` px at about `perChar` px a character; '' when not even three fit. */
export function fit(text: string, width: number, perChar: number): string {
  const room = Math.floor(width / perChar);
  if (text.length <= room) return text;
  return room < 3 ? '' : `${text.slice(0, room - 1)}…`;
}

/** The first of several wordings that fits as a whole; '' when none does. */
export function firstThatFits(wordings: readonly string[], width: number, perChar: number): string {
  return wordings.find((text) => text.length * perChar <= width) ?? '';
}
