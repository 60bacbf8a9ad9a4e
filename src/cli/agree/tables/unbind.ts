import { play, scenarios } from '../../../engine/scenarios';
import { X86_64 } from '../../../engine/memory/address-space';
import type { OpenFileScene, OpResult } from '../../../engine/scenarios/unbind-open-file';
import { runAlong } from '../../../engine/tasks/interleave';
import { compare, type Case, type Checker } from '../case';

/** What unbinding the driver under a file system did: console of a run on 4.1. */
export const unbind: Checker = function* (text) {
  const steps = stepsOf(text);
  if (steps.length > 0 && /held: .*mapped/.test(text)) yield* openAndMapped(steps);
  else yield* mounted(text);
};

/** What the process printed for each step: `op -> value errno=n`, and how its child ended. */
export function stepsOf(console: string): OpResult[] {
  const blocks = console.split(/^STEP K2015-STEP: /m).slice(1);
  return blocks.flatMap((block) => {
    const op = block.split('\n')[0]!;
    const result = /-> (-?\d+) errno=(\d+)/.exec(block);
    const child = /child exit=(-?\d+) signal=(\d+)/.exec(block);
    if (!child) return [];
    const signal = Number(child[2]);
    return [{ op, value: Number(result?.[1] ?? -1), errno: Number(result?.[2] ?? 0), signal }];
  });
}

/** What the model gives for the same steps. */
export function openFileResults(): OpResult[] {
  const scenario = scenarios.find((s) => s.name === 'unbind-open-file')!;
  const stage = { disk: 'pmem0', start: 0x40000000, end: 0x50000000, space: X86_64 };
  const { world } = runAlong(scenario.variants[0].program(stage), []);
  // A child that a signal kills prints no errno.
  return (world as OpenFileScene).ops.map((op) => (op.signal ? { ...op, value: -1, errno: 0 } : op));
}

function* openAndMapped(real: readonly OpResult[]): Generator<Case> {
  const ours = new Map(openFileResults().map((op) => [op.op, op]));
  const say = (op: OpResult | undefined) =>
    op ? `${op.value} errno=${op.errno} signal=${op.signal}` : 'no such step';
  for (const op of real) yield compare(op.op, say(op), say(ours.get(op.op)));
}

/** Unbind succeeds; the disk leaves, its memory stays; bind again gives the next name. */
function* mounted(text: string): Generator<Case> {
  const { steps } = play(undefined, { name: 'unbind-open-file', variant: '4.1' });
  const fact = (at: number, label: string) =>
    steps.at(at)?.facts.find((one) => one.label === label)?.value ?? '';
  const unbound = steps.findIndex((step) => step.note === 'unbind returns 0');
  const rc = /^STEP echo .*unbind.*\nrc=(-?\d+)$/m.exec(text)?.[1];
  if (rc !== undefined) yield compare('unbind', rc, unbound < 0 ? 'refused' : '0');
  const memory = /^STEP iomem: +[0-9a-f]+-[0-9a-f]+ : ([^;]*);/m.exec(text)?.[1];
  if (memory !== undefined)
    yield compare('/proc/iomem after unbind', memory, fact(unbound, 'in /proc/iomem'));
  const left = /^STEP proc\/partitions: (\d+) pmem lines/m.exec(text)?.[1];
  if (left !== undefined)
    yield compare('disks after unbind', left, fact(unbound, 'disks') === 'none' ? '0' : '1');
  const again = /^STEP rebind.*\nrc=0\n\/dev\/(\w+)/m.exec(text)?.[1];
  if (again !== undefined) yield compare('bind again', again, fact(-1, 'disks').split(' ')[0]!);
}
