import type { DeviceView } from '../../src/protocol/view-state';

/** A device, and how many levels lie below it. */
export interface Level {
  readonly device: DeviceView;
  readonly depth: number;
}

/** Each device after those it lies on, as a stack is read from the ground up; a partition right after its disk. */
export function inStackOrder(list: readonly DeviceView[]): Level[] {
  const byName = new Map(list.map((device) => [device.name, device]));
  const depths = new Map<DeviceView, number>();
  const depthOf = (device: DeviceView): number => {
    const known = depths.get(device);
    if (known !== undefined) return known;
    // A circle is refused long before; here it must only come to an end.
    depths.set(device, 0);
    const below = device.on.map((name) => byName.get(name)).filter((other) => other !== undefined);
    const depth = below.length === 0 ? 0 : 1 + Math.max(...below.map(depthOf));
    depths.set(device, depth);
    return depth;
  };
  const placed = new Set<DeviceView>();
  const levels: Level[] = [];
  const place = (device: DeviceView) => {
    if (placed.has(device)) return;
    placed.add(device);
    for (const name of device.on) {
      const below = byName.get(name);
      if (below) place(below);
    }
    levels.push({ device, depth: depthOf(device) });
  };
  list.forEach(place);
  return levels;
}

/** The device somebody chose, else the top of the tallest stack: it has most to say. */
export function chosenDevice(list: readonly DeviceView[], name: string | undefined): DeviceView | undefined {
  const chosen = list.find((device) => device.name === name);
  if (chosen) return chosen;
  const levels = inStackOrder(list).filter(({ device }) => device.limits.length > 0);
  const tallest = Math.max(...levels.map(({ depth }) => depth));
  return levels.find(({ depth }) => depth === tallest)?.device ?? list[0];
}
