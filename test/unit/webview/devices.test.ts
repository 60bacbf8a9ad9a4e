import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../src/protocol/view-state';
import { chosenDevice, inStackOrder } from '../../../webview/devices/order';

const device = (name: string, on: string[] = [], limits = 1): DeviceView => ({
  name,
  kind: 'test',
  size: 512,
  on,
  access: '',
  pageless: '',
  pfn: '',
  limits: Array.from({ length: limits }, () => ({ field: 'f', value: '1', because: '' })),
  assumed: [],
});

describe('the order of devices', () => {
  it('is that of the stack, from the ground up', () => {
    const list = [device('top', ['md', 'sdc']), device('md', ['sda', 'sdb1']), device('sdb1', ['sdb'], 0)];
    const ground = ['sda', 'sdb', 'sdc'].map((name) => device(name));
    expect(inStackOrder([...list, ...ground]).map((level) => [level.device.name, level.depth])).toEqual([
      ['sda', 0],
      ['sdb', 0],
      ['sdb1', 1],
      ['md', 2],
      ['sdc', 0],
      ['top', 3],
    ]);
    expect(chosenDevice([...list, ...ground], undefined)!.name).toBe('top');
    expect(chosenDevice([...list, ...ground], 'sdb1')!.name).toBe('sdb1');
    expect(chosenDevice([], undefined)).toBeUndefined();
  });

  it('has every device once, and comes to an end whatever lies on what', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const lists = fc.uniqueArray(fc.record({ name: names, on: fc.array(names, { maxLength: 3 }) }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(lists, (list) => {
        const views = list.map(({ name, on }) => device(name, on));
        const ordered = inStackOrder(views).map((level) => level.device);
        expect(new Set(ordered)).toEqual(new Set(views));
        expect(ordered).toHaveLength(views.length);
      }),
    );
  });
});
