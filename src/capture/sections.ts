/** A part of a paste: the text of one file, and where it starts. */
export interface Section {
  /** The path in the header; `undefined` for a text without one. */
  readonly path: string | undefined;
  /** The line before its first, so that a line of the section plus this is a line of the paste. */
  readonly before: number;
  readonly text: string;
}

const HEADER = /^==> (.{1,300}) <==$/;
const LIMIT = /^\/sys\/(?:class\/)?block\/[^/\s]+\/queue\/\w+$/;

/**
 * Splits what `tail -n +1 FILE…` prints at its `==> FILE <==` headers, so that one paste can hold a machine. The
 * many small files of /sys/block/DISK/queue stay together, in the form `grep . FILE…` prints.
 */
export function sectionsOf(text: string): Section[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const sections: Section[] = [];
  let open: { path: string | undefined; before: number; lines: string[] } | undefined;
  let limit: string | undefined;
  const close = () => {
    if (open?.lines.some((line) => line.trim() !== ''))
      sections.push({ path: open.path, before: open.before, text: open.lines.join('\n') });
  };
  lines.forEach((line, i) => {
    const path = HEADER.exec(line)?.[1];
    if (path === undefined) {
      open ??= { path: undefined, before: 0, lines: [] };
      open.lines.push(limit !== undefined && line !== '' ? `${limit}:${line}` : line);
      return;
    }
    const wasLimit = limit !== undefined;
    limit = LIMIT.test(path) ? path : undefined;
    if (wasLimit && limit !== undefined) open?.lines.push('');
    else {
      close();
      open = { path, before: i + 1, lines: [] };
    }
  });
  close();
  return sections;
}
