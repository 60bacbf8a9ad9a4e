import { beforeAll, describe, expect, it } from 'vitest';
import { addDrivers } from '../../../src/engine/drivers';
import { caches } from '../../../src/engine/drivers/caches';
import { Machine } from '../../../src/engine/machine';
import { afterPowerFailure, runUntilPowerFails } from '../../../src/engine/persistence/power-failure';
import { openMachine } from '../../../src/host/machine-view';
import { TierPictures } from '../../../src/host/tier';
import type { BioscopeDocument } from '../../../src/model/machine-spec';
import { TIER_KINDS, type TierKind } from '../../../src/model/tier-kinds';
import { crashWorkload, tierMachine } from '../engine/tier/crash';
beforeAll(() => addDrivers(caches));
const engine = {
  open: (document: BioscopeDocument) => openMachine(document, []),
  Machine, runUntilPowerFails, afterPowerFailure,
};
it('x', () => {
  const document: BioscopeDocument = { bioscope: 1, machine: tierMachine({ slots: 16, dirtyHigh: 20, dirtyLow: 5, sequentialCutoff: 16384 }), workload: crashWorkload(3, 60) };
  const opened = openMachine(document, []);
  const p = new TierPictures(document, opened, engine);
  const t = performance.now();
  const v = p.view({ device: undefined, io: 4, crashAt: 200 })!; console.log(JSON.stringify(v.ways), JSON.stringify({...v.crash, moments: v.crash!.moments.length}, null, 1), JSON.stringify(v.decisions.reasons,null,1), JSON.stringify(v.decisions.near.slice(0,3)));
  console.log(performance.now() - t);
});
