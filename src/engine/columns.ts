type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Int16Array | Uint8Array;

/** Objects of one kind, kept as one typed array a field. An object is an index; nothing is allocated for it. */
export class Columns {
  /** Doubles every column. What was in them stays. */
  protected widen(): void {
    const fields = this as unknown as Record<string, unknown>;
    for (const [name, column] of Object.entries(fields)) {
      if (!ArrayBuffer.isView(column)) continue;
      const old = column as Column;
      const wider = new (old.constructor as new (length: number) => Column)(old.length * 2);
      wider.set(old);
      fields[name] = wider;
    }
  }
}
