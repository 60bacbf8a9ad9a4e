import { formatBytes, parseHex } from '../../src/model/address';
import type { JsonPath } from '../../src/model/check';
import type { DriverName } from '../../src/model/device-spec';
import { newDevice, newIo, newRange, newVec, type Draft } from '../../src/model/new-parts';
import { valueAt } from './form';

type Part = Readonly<Record<string, unknown>>;

/** One line that tells an element of a list from its neighbours; '' where a number has to do. */
export function summary(path: JsonPath, element: unknown): string {
  if (typeof element !== 'object' || element === null) return '';
  const part = element as Part;
  const text = (name: string) => String((part[name] as string | number | undefined) ?? '?');
  switch (path.at(-1)) {
    case 'ranges':
    case 'children':
      return `${text('start')} – ${text('end')} · ${text('name')}${sizeOf(part)}`;
    case 'devices':
      return 'driver' in part ? `${text('name')} · ${text('driver')}` : text('device');
    case 'targets':
      return `${text('type')} · from sector ${text('start')}`;
    case 'stripes':
      return text('device');
    case 'partitions':
      return text('name');
    case 'workload':
      return `${text('op')} · ${text('device')} sector ${text('sector')}`;
    case 'vecs':
      return `pfn ${text('pfn')} · ${text('offset')} + ${text('len')}`;
    default:
      return '';
  }
}

function sizeOf({ start, end }: Part): string {
  const [from, to] = [parseHex(String(start)), parseHex(String(end))];
  return from !== undefined && to !== undefined && to > from ? ` · ${formatBytes(to - from)}` : '';
}

/** What a new element of a list starts as. */
export function fresh(path: JsonPath, root: unknown, kind?: string): unknown {
  const draft = root as Draft;
  const siblings = valueAt(root, path);
  const before = Array.isArray(siblings) ? (siblings as { pfn?: string }[]) : [];
  switch (path.at(-1)) {
    case 'ranges':
      return newRange(draft);
    case 'children': {
      const parent = valueAt(root, path.slice(0, -1)) as { start?: string; end?: string };
      return { start: parent.start ?? '0x0', end: parent.end ?? '0x1000', kind: 'ram', name: 'Kernel code' };
    }
    case 'devices':
      return kind === undefined ? { device: firstDevice(draft) } : newDevice(kind as DriverName, draft);
    case 'targets':
      return kind === 'striped'
        ? { type: kind, start: 0, sectors: 2048, chunk: 64, stripes: [{ device: firstDevice(draft) }] }
        : { type: 'linear', start: 0, sectors: 2048, device: firstDevice(draft), offset: 0 };
    case 'stripes':
      return { device: firstDevice(draft) };
    case 'partitions': {
      const { name = 'sda' } = valueAt(root, path.slice(0, -1)) as { name?: string };
      const nth = before.length + 1;
      return { name: `${name}${/\d$/.test(name) ? 'p' : ''}${nth}`, start: 2048 * nth, sectors: 2048 };
    }
    case 'workload':
      return newIo(draft);
    case 'vecs':
      return newVec(before);
    default:
      return {};
  }
}

const firstDevice = ({ machine }: Draft): string => machine?.devices?.[0]?.name ?? 'sda';
