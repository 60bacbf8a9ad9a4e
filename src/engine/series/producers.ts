import { SUBMITTERS } from '../../model/workload-spec';
import { SUBMITTER } from '../submitters';
import type { Model } from './machine';

/** Who makes bios of pages, each on a disk that takes any. */
export const PRODUCERS: Readonly<Record<string, Model>> = Object.fromEntries(
  SUBMITTERS.map((by): [string, Model] => {
    const { file, before, after } = SUBMITTER[by];
    const of = (before ?? after)?.of;
    const only = of === 'reads' ? 'read' : of === 'writes' ? 'write' : undefined;
    const model: Model = {
      devices: [{ driver: 'nvme', name: 'nvme0n1', sectors: 8192 }],
      by,
      ...(only ? { only } : {}),
    };
    return [file, model];
  }),
);
