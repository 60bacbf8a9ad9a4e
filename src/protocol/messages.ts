import * as v from 'valibot';
import { PICTURES } from '../model/pictures';
import { ScenarioSchema } from '../model/scenario';
import { MarkSchema } from './map-view';
import { PageViewSchema, type PageView } from './page-view';
import { TierMapSchema, type TierMapView } from './tier-view';
import { SelectionSchema, ViewStateSchema } from './view-state';
import { index, text } from './values';

/** Both sides carry it in every message. A host and a webview of different versions do not talk. */
export const PROTOCOL_VERSION = 4;

/** What a webview may ask the host to run: a closed list, never a command id from outside. */
export const REQUESTS = [
  'openExplorer',
  'showDevices',
  'showDma',
  'losePower',
  'chooseDma',
  'compareWith',
  'endComparison',
  'importMachine',
  'openSample',
  'saveDocument',
  'sampleWorkload',
  'removeDevicePages',
] as const;
export type Request = (typeof REQUESTS)[number];

const version = v.literal(PROTOCOL_VERSION);

/** A change of the machine's marks; `index` counts in the list that the last state showed. */
const MarkChangeSchema = v.variant('do', [
  v.strictObject({ do: v.literal('add'), mark: MarkSchema }),
  v.strictObject({ do: v.literal('replace'), index, mark: MarkSchema }),
  v.strictObject({ do: v.literal('remove'), index }),
]);
export type MarkChange = v.InferOutput<typeof MarkChangeSchema>;

const ToHostSchema = v.variant('type', [
  v.strictObject({ v: version, type: v.literal('ready') }),
  v.strictObject({ v: version, type: v.literal('request'), request: v.picklist(REQUESTS) }),
  /** Changes only what it names; the rest of the selection stays. */
  v.strictObject({ v: version, type: v.literal('select'), selection: SelectionSchema }),
  /** Goes to a moment of the run of that revision: so many events have happened. */
  v.strictObject({ v: version, type: v.literal('step'), revision: index, step: index }),
  /** Words to look for in the machine; answered by a state with `found`. */
  v.strictObject({ v: version, type: v.literal('search'), text: v.pipe(v.string(), v.maxLength(200)) }),
  v.strictObject({ v: version, type: v.literal('mark'), change: MarkChangeSchema }),
  /** Plays a scenario on the machine; without a choice, closes the one that is open. */
  v.strictObject({ v: version, type: v.literal('scenario'), choice: v.optional(ScenarioSchema) }),
  /** Goes to the source of a kernel name. */
  v.strictObject({ v: version, type: v.literal('source'), name: v.pipe(v.string(), v.regex(/^\w{1,80}$/)) }),
  /** The power fails when so many events have happened; without a number, it never did. */
  v.strictObject({ v: version, type: v.literal('losePower'), at: v.optional(index) }),
  /** Opens a lesson of the gallery. */
  v.strictObject({ v: version, type: v.literal('openLesson'), file: v.pipe(v.string(), v.maxLength(200)) }),
  /** Goes to a step of the open lesson; without one, closes it. */
  v.strictObject({ v: version, type: v.literal('lesson'), at: v.optional(index) }),
  /** A picture that was asked for, or why there is none. */
  v.strictObject({ v: version, type: v.literal('picture'), id: index, bytes: v.instance(Uint8Array) }),
  v.strictObject({
    v: version,
    type: v.literal('noPicture'),
    id: index,
    problem: v.pipe(v.string(), v.maxLength(500)),
  }),
]);
export type ToHost = v.InferOutput<typeof ToHostSchema>;

/** A picture as a file: answered by one with the same `id`. */
const PictureAskedSchema = v.strictObject({
  v: version,
  type: v.literal('export'),
  id: index,
  picture: v.picklist(PICTURES),
  form: v.picklist(['svg', 'png']),
  title: text,
});
export type PictureAsked = v.InferOutput<typeof PictureAskedSchema>;

const ToWebviewSchema = v.variant('type', [
  v.strictObject({ v: version, type: v.literal('state'), state: ViewStateSchema }),
  /** The moment changed, and nothing else. Means nothing to a page that shows another revision. */
  v.strictObject({
    v: version,
    type: v.literal('moment'),
    revision: index,
    step: index,
    /** The selected page at that moment. */
    page: v.optional(PageViewSchema),
    /** What a cache holds at that moment. */
    tier: v.optional(TierMapSchema),
  }),
  /** Starts to play, or stops. */
  v.strictObject({ v: version, type: v.literal('play') }),
  v.strictObject({ v: version, type: v.literal('refused'), reason: text }),
  PictureAskedSchema,
]);
/** A moment of a run, and the selected page in it. */
export interface Moment {
  readonly revision: number;
  readonly step: number;
  readonly page?: PageView;
  readonly tier?: TierMapView;
}

export type ToWebview = v.InferOutput<typeof ToWebviewSchema>;

export type Received<T> =
  { readonly ok: true; readonly message: T } | { readonly ok: false; readonly reason: string };

/** Checks what arrived from a webview. Nothing in it is trusted before this. */
export function receiveFromWebview(data: unknown): Received<ToHost> {
  return receive(ToHostSchema, data, 'view');
}

/** Checks what arrived from the host. */
export function receiveFromHost(data: unknown): Received<ToWebview> {
  return receive(ToWebviewSchema, data, 'extension');
}

function receive<T>(schema: v.GenericSchema<unknown, T>, data: unknown, sender: string): Received<T> {
  const theirs: unknown = typeof data === 'object' && data !== null ? (data as { v?: unknown }).v : undefined;
  if (typeof theirs === 'number' && theirs !== PROTOCOL_VERSION) {
    const age = theirs > PROTOCOL_VERSION ? 'newer' : 'older';
    return {
      ok: false,
      reason: `This ${sender} is of a ${age} Bioscope. Reload the window to bring both to the same version.`,
    };
  }
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return { ok: true, message: parsed.output };
  return { ok: false, reason: `Bioscope got a message it does not understand: ${parsed.issues[0].message}` };
}
