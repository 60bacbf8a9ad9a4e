/** The pieces that rows of the captures are made of. */

/** Lines of a capture without the empty last one. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** A row's `key=value` fields. Values may hold further `=`. */
export function fields(row: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of row.split(',')) {
    const at = field.indexOf('=');
    if (at > 0) found.set(field.slice(0, at), field.slice(at + 1));
  }
  return found;
}

export function field(of: ReadonlyMap<string, string>, name: string): string {
  const value = of.get(name);
  if (value === undefined) throw new RangeError(`the row has no field ${name}`);
  return value;
}

export function numberField(of: ReadonlyMap<string, string>, name: string): number {
  return Number(field(of, name));
}

/** A vector as rows write it: `pfn(hex)/offset/len`. */
export interface Vec {
  readonly pfn: number;
  readonly offset: number;
  readonly len: number;
}

export function vec(text: string): Vec {
  const [pfn, offset, len] = text.split('/');
  return { pfn: parseInt(pfn!, 16), offset: Number(offset), len: Number(len) };
}

export function vecText(pfn: number, offset: number, len: number): string {
  return `${pfn.toString(16)}/${offset}/${len}`;
}
