import { bdev_direct_access, type DaxBdev } from '../../../engine/dax/direct-access';
import { pmemProvider } from '../../../engine/dax/providers';
import { compare, type Checker } from '../case';
import { field, fields, lines } from './rows';

/**
 * direct_access-*.csv: calls of `bdev_direct_access`. Where ioremap put the device, and where its memory is, is taken from the
 * first call that gave them.
 */
export const directAccess: Checker = function* (text) {
  const rows = lines(text);
  let bdev: DaxBdev | undefined;
  for (const [i, row] of rows.entries()) {
    const found = fields(row.replace('=>', ''));
    if (row.startsWith('DADEV,')) {
      bdev = bdevOf(row, found, rows.slice(i + 1));
      continue;
    }
    if (!row.startsWith('DA,') || !bdev) continue;
    const sector = BigInt.asUintN(64, BigInt(field(found, 'sector')));
    const { avail, kaddr, pfn } = bdev_direct_access(bdev, sector, BigInt(field(found, 'size')));
    const word = (value: bigint | undefined) => value?.toString(16) ?? 'untouched';
    const name = row.slice(0, row.indexOf(',=>'));
    yield compare(
      name,
      `ret=${field(found, 'ret')} kaddr=${field(found, 'kaddr')} pfn=${field(found, 'pfn')}`,
      `ret=${avail} kaddr=${word(kaddr)} pfn=${word(pfn)}`,
    );
  }
};

function bdevOf(row: string, found: ReadonlyMap<string, string>, calls: readonly string[]): DaxBdev {
  const number = (name: string) => BigInt(field(found, name));
  const start_sect = number('part_start');
  const bdev = { name: row.split(',')[1]!, start_sect, nr_sects: number('part_sectors') };
  if (!field(found, 'direct_access').includes('pmem')) return bdev;
  const first = calls
    .map(fields)
    .find((call) => call.get('kaddr') !== undefined && call.get('kaddr') !== 'untouched');
  if (!first) return bdev;
  const offset = (BigInt(field(first, 'sector')) + start_sect) << 9n;
  const virt_addr = BigInt(`0x${field(first, 'kaddr')}`) - offset;
  const phys_addr = (BigInt(`0x${field(first, 'pfn')}`) << 12n) - offset;
  return { ...bdev, provider: pmemProvider(phys_addr, number('capacity') << 9n, virt_addr) };
}
