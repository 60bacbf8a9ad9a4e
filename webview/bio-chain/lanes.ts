/** Runs of bytes that share a column, for none of them overlap; all of them come from column `source`. */
export interface Lane<T> {
  readonly source: number;
  readonly items: T[];
}

/** Puts each run into the first column of its source where its bytes are free; a new one where they are in none. */
export function lanes<T extends { readonly from: number; readonly to: number; readonly device: string }>(
  items: readonly T[],
  sourceOf: (item: T) => number,
): Lane<T>[] {
  const found: (Lane<T> & { end: number })[] = [];
  for (const item of items) {
    const source = sourceOf(item);
    // Most come in order: then nothing in a lane has to be looked at.
    const free = found.find(
      (lane) =>
        lane.source === source &&
        (lane.end <= item.from ||
          lane.items.every((other) => other.to <= item.from || other.from >= item.to)),
    );
    if (free) {
      free.items.push(item);
      free.end = Math.max(free.end, item.to);
    } else found.push({ source, items: [item], end: item.to });
  }
  return found;
}
