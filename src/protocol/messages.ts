import * as v from 'valibot';
import { RANGE_KINDS } from '../model/machine-spec';
import { PAGE_OWNERS } from '../model/pages';
import type { Selection, ViewState } from './view-state';

/** Both sides carry it in every message. A host and a webview of different versions do not talk. */
export const PROTOCOL_VERSION = 1;

/** What a webview may ask the host to run: a closed list, never a command id from outside. */
export const REQUESTS = [
  'openExplorer',
  'importMachine',
  'openSample',
  'saveDocument',
  'sampleWorkload',
  'removeDevicePages',
] as const;
export type Request = (typeof REQUESTS)[number];

export type ToHost =
  | { readonly v: number; readonly type: 'ready' }
  | { readonly v: number; readonly type: 'request'; readonly request: Request }
  /** Changes only what it names; the rest of the selection stays. */
  | { readonly v: number; readonly type: 'select'; readonly selection: Selection };

export type ToWebview =
  | { readonly v: number; readonly type: 'state'; readonly state: ViewState }
  | { readonly v: number; readonly type: 'refused'; readonly reason: string };

const version = v.literal(PROTOCOL_VERSION);
const bytes = v.pipe(v.number(), v.minValue(0));

const SelectionSchema = v.strictObject({
  extent: v.optional(bytes),
  io: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

const ToHostSchema = v.variant('type', [
  v.strictObject({ v: version, type: v.literal('ready') }),
  v.strictObject({ v: version, type: v.literal('request'), request: v.picklist(REQUESTS) }),
  v.strictObject({ v: version, type: v.literal('select'), selection: SelectionSchema }),
]);

const text = v.string();
const FactSchema = v.strictObject({
  label: text,
  value: text,
  code: v.optional(v.boolean()),
  badge: v.optional(v.picklist(['reconstructed', 'assumed'])),
});
const MachineViewSchema = v.strictObject({
  name: text,
  origin: text,
  flavour: text,
  reconstructed: v.boolean(),
  notes: v.array(text),
  map: v.strictObject({
    extents: v.array(
      v.strictObject({
        start: bytes,
        end: bytes,
        kind: v.picklist([...RANGE_KINDS, 'hole']),
        name: text,
        page: v.picklist(PAGE_OWNERS),
        assumed: v.optional(text),
        facts: v.array(FactSchema),
      }),
    ),
    totals: v.strictObject({
      ram: bytes,
      pmem: bytes,
      pmemWithoutPages: bytes,
      memmap: bytes,
      memmapSaved: bytes,
    }),
  }),
  workload: v.array(
    v.strictObject({
      number: v.number(),
      bio: v.number(),
      title: text,
      outcome: text,
      ok: v.boolean(),
      because: text,
    }),
  ),
  recording: v.optional(v.instance(Uint8Array)),
});

const ToWebviewSchema = v.variant('type', [
  v.strictObject({
    v: version,
    type: v.literal('state'),
    state: v.strictObject({
      machine: v.optional(MachineViewSchema),
      selection: SelectionSchema,
      reveal: v.optional(v.picklist(['memory-map', 'byte-ribbons'])),
    }),
  }),
  v.strictObject({ v: version, type: v.literal('refused'), reason: text }),
]);

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
