/** After so long others have their turn, ms. A keystroke that waits twice this long is not felt. */
const SLICE = 8;

/**
 * Takes steps one after the other and gives way in between, so that no file is too big for the extension host.
 *
 * @returns what the steps gave; undefined when nobody wants it any more
 */
export async function inTimeSlices<Step>(
  steps: Iterable<Step>,
  isCancelled: () => boolean,
): Promise<Step[] | undefined> {
  const taken: Step[] = [];
  let since = performance.now();
  for (const step of steps) {
    taken.push(step);
    if (performance.now() - since < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isCancelled()) return undefined;
    since = performance.now();
  }
  return isCancelled() ? undefined : taken;
}
