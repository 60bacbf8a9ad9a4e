import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Oops } from '../../../src/engine/oops';
import { interleave, runAlong } from '../../../src/engine/tasks/interleave';
import { Run, World, type Body, type Program } from '../../../src/engine/tasks/program';

class Order extends World {
  readonly order: string[] = [];
}

function program(lengths: readonly number[]): Program<Order> {
  return {
    create: () => new Order(),
    tasks: lengths.map((length, task) => ({
      name: `task ${task}`,
      *body(world: Order): Body {
        for (let i = 0; i < length; i++) {
          yield { call: `step ${i}` };
          world.order.push(`${task}.${i}`);
          world.results.splice(0, Infinity, world.order.join(' '));
        }
      },
    })),
  };
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

describe('walking interleavings', () => {
  it('meets every order once: a multinomial of them, all different', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }), (lengths) => {
        const steps = lengths.reduce((a, b) => a + b, 0);
        const expected = lengths.reduce((count, n) => count / factorial(n), factorial(steps));
        const walk = interleave(program(lengths));
        expect(walk).toMatchObject({ total: Math.round(expected), complete: true });
        expect(walk.outcomes).toHaveLength(Math.round(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('gives schedules that lead to the same run again', () => {
    for (const { schedule, results } of interleave(program([3, 2, 2])).outcomes) {
      expect(runAlong(program([3, 2, 2]), schedule).world.results).toEqual(results);
    }
  });

  it('says when it stopped early', () => {
    expect(interleave(program([4, 4]), 10)).toMatchObject({ total: 10, complete: false });
  });

  it('names a task that waits for ever', () => {
    const stuck: Program<World> = {
      create: () => new World(),
      tasks: [
        {
          name: 'waiter',
          *body() {
            yield { call: 'wait', when: () => false };
          },
        },
      ],
    };
    expect(interleave(stuck).outcomes).toMatchObject([{ broken: ['waiter waits for ever'], count: 1 }]);
  });

  it('ends a task that dies, in the name of the function it died in, and lets the others go on', () => {
    const deadly: Program<Order> = {
      create: () => new Order(),
      tasks: [
        {
          name: 'victim',
          *body() {
            yield { call: 'outer' };
            throw new Oops('BUG: nothing there', 0n, 'inner');
          },
        },
        ...program([0, 2]).tasks.slice(1),
      ],
    };
    const run = runAlong(deadly, []);
    expect(run.steps.map((step) => step.call)).toEqual(['inner', 'step 0', 'step 1']);
    expect(run.steps[0]).toMatchObject({ oops: true, note: 'BUG: nothing there' });
  });

  it('refuses a step by a task that cannot take one', () => {
    const run = new Run(program([1, 0]));
    expect(() => run.advance(1)).toThrow('task 1 cannot take a step');
  });
});
