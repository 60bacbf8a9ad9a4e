/** What a webview's context menu says it is about; from the palette there is nothing. Nothing in it is trusted. */
function member(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>)[name] : undefined;
}

/** The address of what was clicked, as text for people; a text that was given as such. */
export function addressOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const address = member(given, 'address');
  return isCount(address) ? `0x${address.toString(16)}` : undefined;
}

export function pfnOf(given: unknown): bigint | undefined {
  const pfn = typeof given === 'number' ? given : member(given, 'pfn');
  return isCount(pfn) ? BigInt(pfn) : undefined;
}

/** A kernel name that was clicked, or given. */
export function nameOf(given: unknown): string | undefined {
  const name = typeof given === 'string' ? given : member(given, 'name');
  return typeof name === 'string' ? name : undefined;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
