import { errnoName } from '../engine/errno';
import { pfnLayouts, encodedText } from '../engine/pfn';
import { formatBytes, groupedHex, PAGE_SIZE, phys } from '../model/address';
import type { LessonStep } from '../model/lesson';
import type { MachineSpec } from '../model/machine-spec';
import { ruleOf } from '../model/narrate';
import { eventAt, type RecordedEvent } from '../model/recording';
import type { DmaView } from '../protocol/dma-view';
import type { TierView } from '../protocol/tier-view';
import type { ScenarioView } from '../protocol/scenario-view';
import { tierFact } from './lesson-tier-facts';
import type { OpenMachine } from './machine-view';

/** What a step of a lesson may speak about: the machine as it ran, and the moment that is shown. */
export interface LessonContext {
  readonly spec: MachineSpec;
  readonly opened: OpenMachine;
  readonly step: LessonStep;
  /** The event of the moment, by its index; undefined before the first. */
  readonly event: number | undefined;
  readonly dma: () => DmaView;
  /** The caches of the machine; nothing where it has none. */
  readonly tier: () => TierView | undefined;
  readonly story: ScenarioView | undefined;
  /** Steps of the story that have been taken. */
  readonly storyAt: number;
}

/** A sentence asks for something that is not there: the lesson does not fit its machine. */
export class LessonError extends Error {}

/**
 * Fills in a sentence: `{count block_split}` becomes what the run says. So a number in a lesson cannot be wrong; one
 * that the run does not have throws LessonError.
 */
export function fillIn(text: string, context: LessonContext): string {
  return text.replace(/\{([^{}]+)\}/g, (_, words: string) => {
    const [name = '', ...args] = words.trim().split(/\s+/);
    const fact = Object.hasOwn(FACTS, name) ? FACTS[name]!(context, args) : undefined;
    if (fact === undefined) throw new LessonError(`{${words}} says nothing on this machine`);
    return String(fact);
  });
}

type Fact = (context: LessonContext, args: readonly string[]) => string | number | undefined;

const FACTS: Readonly<Record<string, Fact>> = {
  /** `{count EVENT [DEVICE]}`: how often it happens in the whole run. */
  count({ opened: { recording } }, [name, device]) {
    if (!recording) return undefined;
    let found = 0;
    for (let i = 0; i < recording.length; i++) {
      if (recording.names[recording.columns.name[i]!]?.name !== name) continue;
      if (device === undefined || recording.devices[recording.columns.device[i]!] === device) found++;
    }
    return found;
  },
  /** `{at FIELD [FORM]}`: of the event of the moment. */
  at(context, [field = '', form]) {
    const event = momentOf(context);
    return event && ofEvent(event, field, form);
  },
  /** `{io N FIELD}`: how an I/O of the workload went. */
  io({ opened }, [number, field = '']) {
    const io = opened.view.workload[Number(number)];
    return io && pick(io, field, ['outcome', 'because', 'title']);
  },
  /** `{total ram}`, `{total pmem}`, `{total pmemWithoutPages}`, `{total memmap}`, `{total memmapSaved}`. */
  total({ opened }, [which = '']) {
    const bytes = pick(opened.view.map.totals, which, Object.keys(opened.view.map.totals));
    return typeof bytes === 'number' ? formatBytes(bytes) : undefined;
  },
  /** `{word LAYOUT}`: the selected page as a word of this layout. */
  word({ opened: { map }, step: { page } }, [id]) {
    const layout = pfnLayouts.find((known) => known.id === id);
    const pfn = page === undefined ? undefined : phys(page);
    const extent = pfn === undefined ? undefined : map.at(pfn * PAGE_SIZE);
    if (!layout || !extent || pfn === undefined) return undefined;
    const flags = { dev: extent.page === 'none' || extent.page === 'device', map: extent.page === 'device' };
    return encodedText(layout.encode(BigInt(pfn), flags, map.space));
  },
  /** `{dma FIELD}`: what the step's ops make of its request. */
  dma({ dma, step }, [field = '']) {
    const request = dma().requests[step.dma?.request ?? 0];
    if (field === 'entries') return request?.entries.length;
    const ops = request?.byOps.find(({ name, own }) => (step.dma ? name === step.dma.ops : own));
    if (!ops) return undefined;
    switch (field) {
      case 'seen':
        return ops.seen.length;
      case 'bus':
        return ops.seen[0] && groupedHex(ops.seen[0].bus);
      case 'bounced':
        return ops.seen.filter(({ how }) => how === 'bounced').length;
      case 'message':
        return ops.messages.at(-1);
      case 'walk':
        return ops.walks[0]?.steps.at(-1)?.says;
      default:
        return pick(ops, field, ['name', 'outcome', 'mapPfn']);
    }
  },
  /** `{pool used}`, `{pool nslabs}`: slots of the swiotlb pool, when a mapping failed or it was fullest. */
  pool: ({ dma }, [field = '']) => {
    const { pool } = dma();
    return pool && pick(pool, field, ['used', 'nslabs']);
  },
  /** `{limit DEVICE FIELD}`: of its queue. */
  limit: ({ opened }, [device, field]) =>
    opened.view.devices.list.find(({ name }) => name === device)?.limits.find((l) => l.field === field)
      ?.value,
  /** `{tier …}`: of the machine's cache, see there. */
  tier: ({ tier, step }, args) => {
    const view = tier();
    return view && tierFact(view, step.io ?? 0, args);
  },
  /** `{story FIELD}`: of the story that is played, where it stands. */
  story({ story, storyAt }, [field = '']) {
    const step = story?.steps[storyAt - 1];
    switch (field) {
      case 'orders':
        return story?.total;
      case 'broken':
        return story?.outcomes.filter((o) => o.broken.length > 0).reduce((sum, o) => sum + o.count, 0);
      case 'rule':
        return step?.broke[0];
      default:
        return step && pick(step, field, ['call', 'note']);
    }
  },
};

function momentOf({ opened: { recording }, event }: LessonContext): RecordedEvent | undefined {
  return recording && event !== undefined && event >= 0 ? eventAt(recording, event) : undefined;
}

function ofEvent(event: RecordedEvent, field: string, form: string | undefined): string | number | undefined {
  if (field === 'rule') return ruleOf(event) || undefined;
  if (field === 'device') return event.device;
  if (field === 'name') return event.name.name;
  const value = pick(event, field, ['a', 'b', 'c', 'd', 'e']);
  if (typeof value !== 'number' || form === undefined) return value;
  switch (form) {
    case 'hex':
      return groupedHex(value);
    case 'bytes':
      return formatBytes(value);
    case 'sectors':
      return formatBytes(value * 512);
    case 'errno':
      return errnoName(value);
    default:
      return undefined;
  }
}

function pick(from: object, field: string, known: readonly string[]): string | number | undefined {
  return known.includes(field) ? (from as Record<string, string | number>)[field] : undefined;
}
