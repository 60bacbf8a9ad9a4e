import * as v from 'valibot';
import { MapViewSchema } from './map-view';
import { PROTOCOL_VERSION } from './messages';
import { text } from './values';

const version = v.literal(PROTOCOL_VERSION);

/** Member names and array indices from the root of the document. */
const Path = v.pipe(
  v.array(v.union([v.pipe(v.string(), v.maxLength(100)), v.pipe(v.number(), v.integer())])),
  v.maxLength(20),
);

/** One change of the document's text: without a value, what is there goes; `insert`: a new element before it. */
export const DocumentEditSchema = v.strictObject({
  path: v.pipe(Path, v.minLength(1)),
  value: v.optional(v.unknown()),
  insert: v.optional(v.boolean()),
});
export type DocumentEdit = v.InferOutput<typeof DocumentEditSchema>;

/** What the form may ask for beside edits. */
export const EDITOR_REQUESTS = ['undo', 'redo', 'openText', 'openExplorer'] as const;
export type EditorRequest = (typeof EDITOR_REQUESTS)[number];

export const FromEditorSchema = v.variant('type', [
  v.strictObject({ v: version, type: v.literal('ready') }),
  v.strictObject({ v: version, type: v.literal('edit'), edit: DocumentEditSchema }),
  v.strictObject({ v: version, type: v.literal('request'), request: v.picklist(EDITOR_REQUESTS) }),
]);
export type FromEditor = v.InferOutput<typeof FromEditorSchema>;

/** The document as it is now: always whole. */
export const ToEditorSchema = v.strictObject({
  v: version,
  type: v.literal('document'),
  /** What the text says; absent where it is no JSON. */
  value: v.optional(v.unknown()),
  /** Why it is no JSON. */
  syntax: v.array(text),
  /** Its memory, where it describes a machine. */
  map: v.optional(MapViewSchema),
});
export type ToEditor = v.InferOutput<typeof ToEditorSchema>;
