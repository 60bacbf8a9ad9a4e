/** Cuts text to what fits into `width` px at about `perChar` px a character; '' when not even three fit. */
export function fit(text: string, width: number, perChar: number): string {
  const room = Math.floor(width / perChar);
  if (text.length <= room) return text;
  return room < 3 ? '' : `${text.slice(0, room - 1)}…`;
}
