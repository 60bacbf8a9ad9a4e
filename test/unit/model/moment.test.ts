import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { MomentSchema, findMoment, momentText } from '../../../src/model/moment';
import { Recorder, type Recording } from '../../../src/model/recording';

/** Four events: two splits on a and b, a refusal, a completion with an error. */
function recording(): Recording {
  const recorder = new Recorder();
  const args = ['', '', '', '', ''] as const;
  const split = recorder.define({ name: 'block_split', kind: 'trace', args });
  const check = recorder.define({ name: 'submit_bio_noacct', kind: 'rule', args });
  const end = recorder.define({ name: 'bio_endio', kind: 'call', args });
  const [a, b] = [recorder.addDevice('a'), recorder.addDevice('b')];
  const note = recorder.text('5 > max_sectors 4 of b');
  recorder.emit(split, 1, a, 0, 0, 0, 0, 0, 0, 0);
  recorder.emit(split, 2, b, 0, 0, 0, 0, 0, 0, note);
  recorder.emit(check, 3, b, 0, 0, 0, 0, -5, 0, 0);
  recorder.emit(end, 4, a, 0, 0, 0, 0, -5, 0, 0);
  return recorder.finish({ timeUnit: 'step', source: 'test', reconstructed: false });
}

describe('a moment', () => {
  it.each([
    ['start', -1],
    ['end', 3],
    [{ event: 'block_split' }, 0],
    [{ event: 'block_split', nth: 2 }, 1],
    [{ event: 'block_split', nth: -1 }, 1],
    [{ event: 'block_split', nth: 3 }, undefined],
    [{ device: 'b' }, 1],
    [{ kind: 'rule' as const }, 2],
    [{ says: 'max_sectors' }, 1],
    [{ error: true }, 2],
    [{ event: 'bio_endio', error: true, device: 'b' }, undefined],
  ] as const)('%j is event %s', (moment, index) => {
    expect(findMoment(recording(), moment)).toBe(index);
  });

  it('is in no empty run but at its start', () => {
    const empty = new Recorder().finish({ timeUnit: 'step', source: '', reconstructed: false });
    expect(findMoment(empty, { event: 'bio_endio', nth: -1 })).toBeUndefined();
    expect(findMoment(empty, 'end')).toBe(-1);
  });

  it('can be said', () => {
    expect(momentText('end')).toBe('the end of the run');
    expect(momentText({ event: 'block_split', device: 'dm-0', nth: 2, says: 'x' })).toBe(
      'the 2. block_split on dm-0 that says “x”',
    );
    expect(momentText({ kind: 'rule', nth: -1, error: true })).toBe('the last rule that fails');
  });

  it('counts from 1, or is the last', () => {
    expect(v.safeParse(MomentSchema, { nth: 0 }).success).toBe(false);
    expect(v.safeParse(MomentSchema, { nth: -1 }).success).toBe(true);
  });
});
