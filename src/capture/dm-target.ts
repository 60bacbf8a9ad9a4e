import type { DmTarget } from '../model/device-spec';

/** One line of a dm table, its arguments apart. */
export interface DmLine {
  readonly start: number;
  readonly sectors: number;
  readonly type: string;
  readonly args: readonly string[];
}

/** The target of a line of a table; `named` gives the name of a device by number. `undefined`: its type has no model. */
export function targetOf(line: DmLine, named: (number: string) => string): DmTarget | undefined {
  const { start, sectors, type, args } = line;
  if (type === 'linear')
    return { type, start, sectors, device: named(args[0] ?? ''), offset: Number(args[1]) || 0 };
  if (type !== 'striped') return undefined;
  const legs = Array.from({ length: Math.min(Number(args[0]) || 0, 64) }, (_, i) => ({
    device: named(args[2 + i * 2] ?? ''),
    offset: Number(args[3 + i * 2]) || 0,
  }));
  return { type, start, sectors, chunk: Number(args[1]) || 0, stripes: legs };
}
