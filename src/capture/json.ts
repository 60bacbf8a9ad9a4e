import { JsonTokens } from './json-tokens';
import type { CaptureProblem, Captured } from './problem';

/** A number as it was printed: ndctl prints 64-bit ids, and a float64 would round them. */
export interface JsonNumber {
  readonly digits: string;
}

export interface JsonObject {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly members: ReadonlyMap<string, Json>;
}

export type Json = null | boolean | string | JsonNumber | JsonObject | readonly Json[];

/** Far deeper than any tool prints; what is deeper is no capture. */
const DEEPEST = 64;

interface Open {
  readonly line: number;
  readonly items: Json[] | undefined;
  readonly members: Map<string, Json> | undefined;
  key: string | undefined;
  /** After a value: only a comma or the end may follow. */
  full: boolean;
}

class Refused extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads the JSON documents that stand one after another in a text (old ndctl prints several). */
export function readJson(text: string, file: string): Captured<Json[]> {
  try {
    return { ok: true, value: parse(text), warnings: [] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const problem: CaptureProblem = { file, line: error.line, message: error.message };
    return { ok: false, problems: [problem] };
  }
}

function parse(text: string): Json[] {
  const tokens = new JsonTokens(text);
  const documents: Json[] = [];
  const stack: Open[] = [];
  for (;;) {
    const { kind, text: token, line } = tokens.next();
    const top = stack.at(-1);
    switch (kind) {
      case 'end':
        if (top) throw new Refused(line, `the JSON is cut off: what starts in line ${top.line} does not end`);
        return documents;
      case '{':
      case '[': {
        if (stack.length >= DEEPEST)
          throw new Refused(line, `the JSON is nested deeper than ${DEEPEST} levels`);
        expectValue(top, line);
        const object = kind === '{';
        const members = object ? new Map<string, Json>() : undefined;
        stack.push({ line, items: object ? undefined : [], members, key: undefined, full: false });
        break;
      }
      case '}':
      case ']':
        stack.pop();
        put(stack, documents, closed(top, kind === '}', line), line);
        break;
      case ',':
        if (!top?.full) throw new Refused(line, 'a comma where a value was expected');
        top.full = false;
        break;
      case 'string':
        if (top?.members && top.key === undefined && !top.full) {
          top.key = token;
          if (tokens.next().kind !== ':') throw new Refused(line, `expected ":" after ${quoted(token)}`);
        } else put(stack, documents, token, line);
        break;
      case 'number':
        put(stack, documents, { digits: token }, line);
        break;
      case 'word':
        put(stack, documents, token === 'null' ? null : token === 'true', line);
        break;
      default:
        throw new Refused(line, `not JSON: ${quoted(token)} stands where a value was expected`);
    }
  }
}

function expectValue(top: Open | undefined, line: number): void {
  if (!top) return;
  if (top.full) throw new Refused(line, 'expected a comma between two values');
  if (top.members && top.key === undefined) throw new Refused(line, 'expected a member name in quotes');
}

function put(stack: readonly Open[], documents: Json[], value: Json, line: number): void {
  const top = stack.at(-1);
  expectValue(top, line);
  if (!top) {
    if (typeof value !== 'object' || value === null || 'digits' in value)
      throw new Refused(line, 'not JSON that a tool prints: expected "{" or "["');
    documents.push(value);
    return;
  }
  if (top.members && top.key !== undefined) top.members.set(top.key, value);
  else top.items?.push(value);
  top.key = undefined;
  top.full = true;
}

function closed(top: Open | undefined, brace: boolean, line: number): Json {
  if (!top || brace !== (top.members !== undefined))
    throw new Refused(line, `a "${brace ? '}' : ']'}" that closes nothing`);
  if (top.key !== undefined) throw new Refused(line, `${quoted(top.key)} has no value`);
  return top.members ? { line: top.line, members: top.members } : (top.items ?? []);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && 'members' in value;
}

/** The objects in a value that is an object or an array of them. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  if (isObject(value)) return [value];
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : [];
}

/** A member as text: a string as it is, a number by its exact digits. */
export function textOf(object: JsonObject, key: string): string | undefined {
  const value = object.members.get(key);
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'digits' in value ? value.digits : undefined;
}

/** A member as a whole number a float64 holds exactly; `undefined` otherwise. */
export function wholeOf(object: JsonObject, key: string): number | undefined {
  const text = textOf(object, key);
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
