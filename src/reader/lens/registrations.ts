import type { CFile } from '../c-file';
import { argumentsOf } from '../expressions';

/** Where a driver says which of its functions takes requests or bios, and where these functions are. */

/** Members of an operations structure, and of which. */
const MEMBERS: Readonly<Record<string, string>> = {
  queue_rq: 'blk_mq_ops',
  submit_bio: 'block_device_operations',
};

/** Calls that register one, and which argument it is. */
const CALLS: Readonly<Record<string, number>> = {
  blk_init_queue: 0,
  blk_init_queue_node: 0,
  blk_init_allocated_queue: 1,
  blk_queue_make_request: 1,
};

export const REGISTRATION_WORDS = [...Object.keys(MEMBERS), ...Object.keys(CALLS)];

export interface Registration {
  /** Offset of the registration, or of the function's name where it is defined. */
  readonly at: number;
  readonly name: string;
}

/** In the order of the text. */
export function registrations(file: CFile): readonly Registration[] {
  const registered = [...membersOf(file), ...callsOf(file)];
  const names = [...new Set(registered.map(({ name }) => name))];
  const defined = names.flatMap((name) => {
    const at = definitionOfFunction(file, name);
    return at < 0 ? [] : [{ at: file.tokens.start(at), name }];
  });
  return [...registered, ...defined].sort((a, b) => a.at - b.at);
}

/** The token of a function's name where its body follows; -1 where it is not in this file. */
export function definitionOfFunction(file: CFile, name: string): number {
  const { tokens } = file;
  const found = file.at(name).find((i) => tokens.is(i + 1, '(') && tokens.is(tokens.mate(i + 1) + 1, '{'));
  return found ?? -1;
}

/** The tag of the structure that braces initialise: `struct TAG name = {`. */
export function initialised({ tokens }: CFile, open: number): string | undefined {
  if (!tokens.is(open, '{') || !tokens.is(open - 1, '=')) return undefined;
  return tokens.is(open - 4, 'struct') ? tokens.text(open - 3) : undefined;
}

function membersOf(file: CFile): Registration[] {
  const { tokens } = file;
  return Object.entries(MEMBERS).flatMap(([member, struct]) =>
    file
      .at(member)
      .filter((i) => {
        const isNamed = tokens.is(i - 1, '.') && tokens.is(i + 1, '=') && tokens.kind(i + 2) === 'name';
        return isNamed && initialised(file, tokens.parent(i)) === struct;
      })
      .map((i) => ({ at: tokens.start(i), name: tokens.text(i + 2) })),
  );
}

function callsOf(file: CFile): Registration[] {
  const { tokens } = file;
  return Object.entries(CALLS).flatMap(([call, place]) =>
    file.at(call).flatMap((i) => {
      const given = argumentsOf(tokens, i + 1)?.[place];
      if (!given || given.first !== given.last || tokens.kind(given.first) !== 'name') return [];
      return [{ at: tokens.start(i), name: tokens.text(given.first) }];
    }),
  );
}
