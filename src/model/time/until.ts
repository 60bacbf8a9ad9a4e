import type { Recording } from '../recording';

/** Conditions that are no kernel function. */
export const EVENTS_TO_MEET = ['error', 'split', 'refusal'] as const;

/** A kernel function at the start of a rule: `bio_split_rw: 1024 sectors > max_sectors 512`. */
const RULE = /^([a-z_]\w*): /;

/** What a run can be stopped at: the three, and every function and tracepoint in it, by name. */
export function conditionsOf({ names, columns, texts, length }: Recording): string[] {
  const used = new Uint8Array(names.length);
  const noted = new Uint8Array(texts.length);
  for (let i = 0; i < length; i++) {
    used[columns.name[i]!] = 1;
    noted[columns.note[i]!] = 1;
  }
  const functions = texts.flatMap((text, n) => (noted[n] ? (RULE.exec(text)?.slice(1) ?? []) : []));
  const happened = names.flatMap(({ name }, n) => (used[n] ? [name] : []));
  return [...EVENTS_TO_MEET, ...[...new Set([...happened, ...functions])].sort()];
}

/** Where the run stands after the first event from `step` on that fits; `undefined` where there is none. */
export function runUntil(recording: Recording, step: number, condition: string): number | undefined {
  const fits = test(recording, condition.trim().replace(/\(\)$/, ''));
  for (let i = step; i < recording.length; i++) if (fits(i)) return i + 1;
  return undefined;
}

function test({ columns, names, texts }: Recording, wanted: string): (i: number) => boolean {
  const [, what, number] = /^(bio|request) (\d+)$/.exec(wanted) ?? [];
  if (what === 'bio') return (i) => columns.object[i] === Number(number);
  if (what === 'request') {
    const at = names.map(({ args }) => args.indexOf('request'));
    const values = [columns.a, columns.b, columns.c, columns.d, columns.e];
    return (i) => values[at[columns.name[i]!]!]?.[i] === Number(number);
  }
  if (wanted === 'error') {
    const oops = names.map(({ kind }) => kind === 'oops');
    const has = names.map(({ args }) => args[3] === 'error');
    return (i) => oops[columns.name[i]!]! || (has[columns.name[i]!]! && columns.d[i]! < 0);
  }
  if (wanted === 'refusal') {
    const rule = names.map(({ name, kind }) => kind === 'rule' && name !== 'blk_stack_limits');
    return (i) => rule[columns.name[i]!]!;
  }
  const named = names.map(
    ({ name }) => name === wanted || (wanted === 'split' && /^b(io|lock)_split$/.test(name)),
  );
  const noted = texts.map((text) => RULE.exec(text)?.[1] === wanted);
  return (i) => named[columns.name[i]!]! || noted[columns.note[i]!]!;
}
