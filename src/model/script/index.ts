import type { BioscopeDocument } from '../machine-spec';
import { generateWorkload } from './generate';
import { parseScript, type ScriptProblem } from './parse';

export type Scripted =
  | { readonly ok: true; readonly document: BioscopeDocument }
  | { readonly ok: false; readonly problems: readonly ScriptProblem[] };

/** A document whose script has become its workload; one without a script as it is. */
export function withScript(document: BioscopeDocument): Scripted {
  if (document.script === undefined) return { ok: true, document };
  const parsed = parseScript(document.script.join('\n'));
  if (!parsed.ok) return parsed;
  const { ios, cut } = generateWorkload(parsed.statements, document.machine);
  if (!cut) return { ok: true, document: { ...document, workload: [...ios] } };
  const line = document.script.length;
  return {
    ok: false,
    problems: [{ line, message: `the script makes more than ${ios.length} I/Os, too many to look at` }],
  };
}
