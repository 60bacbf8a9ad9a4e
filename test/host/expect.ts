/** The few assertions the host suites need; they run in every extension host, so no Node and no library. */
export function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Error(message);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  ok(a === b, `${what}: expected ${b}, got ${a}`);
}

/** Waits until `look` finds something. UI state follows its cause by some milliseconds. */
export async function eventually<T>(look: () => T | undefined | false, what: string): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never came: ${what}`);
}
