import { hex } from '../model/address';
import type { BioscopeDocument } from '../model/machine-spec';
import type { Mark } from '../model/memory-facts';
import type { MapMark } from '../protocol/map-view';
import type { MarkChange } from '../protocol/messages';

/** A document with one mark more, other, or less. A mark that is not there any more changes nothing. */
export function withMarkChange(document: BioscopeDocument, change: MarkChange): BioscopeDocument {
  const marks = document.machine.memory.marks ?? [];
  const next =
    change.do === 'add'
      ? [...marks, toSpec(change.mark)]
      : change.do === 'replace'
        ? marks.map((mark, i) => (i === change.index ? toSpec(change.mark) : mark))
        : marks.filter((_, i) => i !== change.index);
  return withMarks(document, next);
}

export function withMarks(document: BioscopeDocument, marks: Mark[]): BioscopeDocument {
  const { machine } = document;
  return { ...document, machine: { ...machine, memory: { ...machine.memory, marks } } };
}

function toSpec({ start, end, text, colour }: MapMark): Mark {
  return { start: hex(start), end: hex(end), text, ...(colour === undefined ? {} : { colour }) };
}
