import { convertSgPhys } from '../convert/sg-phys';
import type { Hazard } from './hazard';

export const sgPhysByHand: Hazard = {
  code: 'sg-phys-by-hand',
  severity: 'warning',
  why: 'The physical address goes through the page, where sg_phys() needs none.',
  entry: 'sg_phys',
  words: ['sg_page'],
  find: (file) =>
    convertSgPhys(file).conversions.map(({ edits: [edit] }) => ({ start: edit!.start, end: edit!.end })),
};
