import { describe, expect, it } from 'vitest';
import { PhysicalMap } from '../../../src/engine/memory/physical-map';
import { zoneAt, zonesOf } from '../../../src/engine/memory/zones';
import type { MachineSpec } from '../../../src/model/machine-spec';

const zonesFor = (machine: MachineSpec) => zonesOf(machine, new PhysicalMap(machine));
const GIB = 2 ** 30;
const ram = (start: number, end: number) => ({
  start: `0x${start.toString(16)}`,
  end: `0x${end.toString(16)}`,
  kind: 'ram' as const,
  name: 'System RAM',
});
const spec = (kernel: MachineSpec['kernel'], ...ranges: ReturnType<typeof ram>[]): MachineSpec => ({
  name: 'test',
  kernel,
  memory: { ranges },
});

describe('zones', () => {
  it('follow from RAM on x86-64: DMA below 16 MiB, DMA32 below 4 GiB, Normal above', () => {
    const zones = zonesFor(spec({ flavour: '4.1' }, ram(4096, 3 * GIB), ram(4 * GIB, 5 * GIB)));
    expect(zones.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['DMA', 4096, 16 * 2 ** 20],
      ['DMA32', 16 * 2 ** 20, 3 * GIB],
      ['Normal', 4 * GIB, 5 * GIB],
    ]);
    expect(zoneAt(zones, 3.5 * GIB)).toBeUndefined();
    expect(zoneAt(zones, 2 * GIB)?.name).toBe('DMA32');
  });

  it('have HighMem above 896 MiB on 32-bit', () => {
    const zones = zonesFor(spec({ flavour: '4.1', arch: 'x86-pae' }, ram(4096, 3 * GIB)));
    expect(zones.map((zone) => zone.name)).toEqual(['DMA', 'Normal', 'HighMem']);
    expect(zoneAt(zones, 896 * 2 ** 20)?.name).toBe('HighMem');
  });

  it('are the printed ones where the machine printed some; where nodes interleave, the narrower span wins', () => {
    const machine = spec({ flavour: '4.1' }, ram(0, 4 * GIB));
    const zone = (node: number, start: number, end: number) => ({
      node,
      name: 'Normal',
      start: `0x${start.toString(16)}`,
      end: `0x${end.toString(16)}`,
      presentPages: 1,
      managedPages: 1,
    });
    const printed = {
      ...machine,
      memory: { ...machine.memory, zones: [zone(0, 0, 4 * GIB), zone(1, GIB, 2 * GIB)] },
    };
    expect(zoneAt(zonesFor(printed), 1.5 * GIB)).toMatchObject({ node: 1, assumed: false });
    expect(zoneAt(zonesFor(printed), 3 * GIB)?.node).toBe(0);
  });
});
