import { CIPHERS, type DmTarget } from '../model/target-spec';

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
  if (type === 'crypt') return cryptOf(line, named);
  if (type === 'verity') return verityOf(line, named);
  if (type === 'log-writes')
    return { type, start, sectors, device: named(args[0] ?? ''), log: named(args[1] ?? '') };
  if (type === 'mirror') return mirrorOf(line, named);
  if (type !== 'striped') return undefined;
  const legs = Array.from({ length: Math.min(Number(args[0]) || 0, 64) }, (_, i) => ({
    device: named(args[2 + i * 2] ?? ''),
    offset: Number(args[3 + i * 2]) || 0,
  }));
  return { type, start, sectors, chunk: Number(args[1]) || 0, stripes: legs };
}

type Named = (number: string) => string;

/** `CIPHER KEY IV_OFFSET DEVICE OFFSET`; without --showkeys the key is noughts, and as long as the real one. */
function cryptOf({ start, sectors, args }: DmLine, named: Named): DmTarget | undefined {
  const cipher = CIPHERS.find((name) => name === args[0]);
  if (!cipher) return undefined;
  const ivOffset = Number(args[2]) || 0;
  return {
    type: 'crypt',
    start,
    sectors,
    device: named(args[3] ?? ''),
    offset: Number(args[4]) || 0,
    cipher,
    key: args[1] ?? '',
    ...(ivOffset > 0 ? { ivOffset } : {}),
  };
}

/** `VERSION DATA HASH BLOCK BLOCK BLOCKS START ALGORITHM DIGEST SALT`, as veritysetup makes it where nobody says otherwise. */
function verityOf({ start, sectors, args }: DmLine, named: Named): DmTarget | undefined {
  const [version, data = '', hash = '', dataBlock, hashBlock, , hashStart, algorithm, , salt = ''] = args;
  const usual = [version, dataBlock, hashBlock, hashStart, algorithm].join(' ') === '1 4096 4096 1 sha256';
  if (!usual) return undefined;
  return {
    type: 'verity',
    start,
    sectors,
    device: named(data),
    hashDevice: named(hash),
    ...(salt === '-' ? {} : { salt }),
  };
}

/** `LOG #ARGS ARGS… #LEGS (DEVICE OFFSET)…` */
function mirrorOf({ start, sectors, args }: DmLine, named: Named): DmTarget | undefined {
  const from = 2 + (Number(args[1]) || 0);
  const count = Math.min(Number(args[from]) || 0, 9);
  if (count < 2) return undefined;
  const legs = Array.from({ length: count }, (_, i) => ({
    device: named(args[from + 1 + i * 2] ?? ''),
    offset: Number(args[from + 2 + i * 2]) || 0,
  }));
  return { type: 'mirror', start, sectors, legs };
}
