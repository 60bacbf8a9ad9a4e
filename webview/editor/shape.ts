import * as v from 'valibot';

type Schema = v.GenericSchema;
export type Entries = Readonly<Record<string, Schema>>;

/** What a value may be, as far as a form cares: read from the schema that documents are checked with. */
export type Shape =
  | { readonly kind: 'text' }
  | { readonly kind: 'number' }
  | { readonly kind: 'yes-no' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'choices'; readonly options: readonly string[] }
  | { readonly kind: 'list'; readonly item: Schema }
  | { readonly kind: 'object'; readonly entries: Entries }
  | { readonly kind: 'variant'; readonly key: string; readonly options: Readonly<Record<string, Entries>> }
  | { readonly kind: 'other' };

export interface Described {
  readonly shape: Shape;
  readonly optional: boolean;
  /** The schema's own words on it; '' where it has none. */
  readonly about: string;
}

/** The parts of valibot's schemas that are read here. */
interface Parts {
  readonly type: string;
  readonly wrapped?: Schema;
  readonly getter?: (input: unknown) => Schema;
  readonly entries?: Entries;
  readonly item?: Schema;
  readonly key?: string;
  readonly options?: readonly (string | Schema)[];
  readonly literal?: unknown;
}

export function describe(schema: Schema): Described {
  const parts = schema as unknown as Parts;
  const about = v.getDescription(schema) ?? '';
  const inner = parts.type === 'lazy' ? parts.getter?.(undefined) : parts.wrapped;
  if (inner) {
    const within = describe(inner);
    return {
      ...within,
      optional: within.optional || parts.type === 'optional',
      about: about || within.about,
    };
  }
  return { shape: shapeOf(parts), optional: false, about };
}

function shapeOf(parts: Parts): Shape {
  switch (parts.type) {
    case 'string':
      return { kind: 'text' };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'yes-no' };
    case 'picklist':
      return { kind: 'choice', options: parts.options as readonly string[] };
    case 'strict_object':
      return { kind: 'object', entries: parts.entries! };
    case 'array':
      return listOf(parts.item!);
    case 'variant':
      return variantOf(parts);
    default:
      return { kind: 'other' };
  }
}

function listOf(item: Schema): Shape {
  const { shape } = describe(item);
  return shape.kind === 'choice' ? { kind: 'choices', options: shape.options } : { kind: 'list', item };
}

function variantOf({ key = '', options = [] }: Parts): Shape {
  const named = options.map((option) => {
    const { entries = {} } = option as unknown as Parts;
    return [String((entries[key] as unknown as Parts).literal), entries] as const;
  });
  return { kind: 'variant', key, options: Object.fromEntries(named) };
}
