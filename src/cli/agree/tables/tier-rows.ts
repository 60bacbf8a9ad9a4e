import type { Beside } from '../case';
import { lines } from './rows';

/** A bio that reached a cache device, as a row of NAME.bios.jsonl has it: what every one has. */
export interface TierBio {
  readonly bio: number;
  readonly step: string;
  /** Seconds. */
  readonly t: number;
  readonly pid?: number;
  readonly op: string;
  readonly flags: readonly string[];
  readonly sector: number;
  /** Bytes. */
  readonly size: number;
  readonly mode: string;
}

/** The objects of a `.jsonl` file; a row that is none is left out. */
export function jsonRows<T extends object>(text: string): T[] {
  return lines(text).flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value as T] : [];
    } catch {
      return [];
    }
  });
}

/** The other files of a scenario: NAME.txt up to its bios, and NAME.background.jsonl. */
export function scenarioBeside(path: string, beside: Beside) {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.bios\.jsonl$/, '');
  const [head = ''] = beside(`${name}.txt`).split(/^## (?:bios|trace)\b/m);
  return { head, background: () => beside(`${name}.background.jsonl`) };
}

export function opOf({ op }: TierBio): 'read' | 'write' | 'discard' {
  return op === 'READ' ? 'read' : op === 'DISCARD' ? 'discard' : 'write';
}
