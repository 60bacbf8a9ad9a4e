import { describe, expect, it } from 'vitest';
import { openFileResults, stepsOf } from '../../src/cli/agree/tables/unbind';
import { play } from '../../src/engine/scenarios';
import { capture } from './captures';

describe('unbind under an open, mapped DAX file, against a real 4.1.3', () => {
  const console = capture('captures-2015/dax-4.1.3/unbind/hold-dax-console.txt');
  const real = stepsOf(console);

  it('gives every step the result the kernel gave: value, errno, signal', () => {
    expect(real).toHaveLength(9);
    expect(openFileResults()).toEqual(real);
  });

  it('lets unbind succeed with the file mapped', () => {
    expect(console).toMatch(/unbind with the file open and mapped\nrc=0/);
    const played = play(undefined, { name: 'unbind-open-file', variant: '4.1' });
    expect(played.steps.some((step) => step.note === 'unbind returns 0')).toBe(true);
  });
});

describe('unbind and bind again under a mounted DAX file system, against a real 4.1.3', () => {
  const console = capture('captures-2015/dax-4.1.3/unbind/unbind-dax-console.txt');
  const { steps } = play(undefined, { name: 'unbind-open-file', variant: '4.1' });
  const fact = (step: number, label: string) => steps.at(step)!.facts.find((f) => f.label === label)!.value;

  it('leaves the memory in /proc/iomem, without the driver’s claim', () => {
    const line = /STEP iomem: +(.*)/.exec(console)![1]!;
    const unbound = steps.findIndex((step) => step.note === 'unbind returns 0');
    expect(line.split(';')[0]).toBe(`40000000-4fffffff : ${fact(unbound, 'in /proc/iomem')}`);
    expect(console).toContain('0 pmem lines');
    expect(fact(unbound, 'disks')).toBe('none');
  });

  it('gives the next name, not the old one', () => {
    expect(console).toMatch(/STEP rebind while mounted\nrc=0\n\/dev\/pmem1/);
    expect(fact(-1, 'disks')).toBe('pmem1 (253:16)');
  });
});

describe('the kunmap race, against the v5 code in a kernel', () => {
  it('ends in the message the kernel printed', () => {
    const printed = capture('captures-2015/v5-helpers/kunmap-after-teardown-first-oops.txt');
    const message = /BUG: scheduling while atomic: \S+/.exec(printed)![0];
    const { walk } = play(undefined, { name: 'kmap-race' });
    expect(walk.outcomes.flatMap((outcome) => outcome.broken)).toContain(message);
  });
});
