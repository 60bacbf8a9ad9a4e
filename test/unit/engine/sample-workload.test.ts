import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import { withFirstWorkload } from '../../../src/engine/sample-workload';
import { readDocument, writeDocument } from '../../../src/model/document';
import { machine } from '../arbitraries';

const outcomes = (document: ReturnType<typeof withFirstWorkload>) =>
  simulate(document.machine, document.workload!).outcomes.map((o) =>
    o.state === 'completed' ? o.error : o.state,
  );

describe('a first workload', () => {
  it('shows what the series is about: two copies that work, one refusal when asked, one when not', () => {
    const document = withFirstWorkload({
      bioscope: 1,
      machine: machine({ flavour: '4.1-pfn', posting: 'v3' }),
    });
    expect(outcomes(document)).toEqual([0, 0, 'not-submitted', -95]);
    expect(readDocument(writeDocument(document)).ok).toBe(true);
  });

  it('asks nothing of a 4.1 kernel that it does not know', () => {
    expect(outcomes(withFirstWorkload({ bioscope: 1, machine: machine({ flavour: '4.1' }) }))).toEqual([
      0, 0,
    ]);
  });

  it('brings a RAM disk to a machine that has no disk', () => {
    const document = withFirstWorkload({
      bioscope: 1,
      machine: { ...machine({ flavour: '4.1' }), devices: [] },
    });
    expect(document.machine.devices!.map((d) => d.name)).toEqual(['ram0']);
    expect(outcomes(document)).toEqual([0, 0]);
  });
});
