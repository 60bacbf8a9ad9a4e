const REPORT_ENDS = /\[ cut here \]|---\[ end trace/;
const FUNCTION = /(?:^|[\s\]])(?:\? )?(?<name>[a-z_][\w.]{2,80})\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}/i;
const PRINTS =
  /^(?:dump_stack|show_stack|warn_slowpath|__warn|report_bug|printk|dump_trace|check_for_|err_printk)/;

/**
 * The functions a report names (RIP and call trace), innermost first, without those that only print it.
 * What the unwinder is not sure of has a question mark; in an oops without frame pointers that is all.
 */
export function functionsIn(after: readonly string[], which: 'all' | 'certain' = 'all'): string[] {
  const end = after.findIndex((line) => REPORT_ENDS.test(line));
  const names: string[] = [];
  for (const line of end < 0 ? after : after.slice(0, end)) {
    const name = FUNCTION.exec(line)?.groups?.['name'];
    if (which === 'certain' && line.includes('] ? ')) continue;
    if (name !== undefined && !PRINTS.test(name) && !names.includes(name)) names.push(name);
  }
  return names;
}

/** Who made a mapping: the first function under "Mapped at:" that is not dma-debug itself. */
export function mappedAt(after: readonly string[]): string | undefined {
  const cut = after.findIndex((line) => line.includes('[ cut here ]'));
  const own = cut < 0 ? after : after.slice(0, cut);
  const at = own.findIndex((line) => line.includes('Mapped at:'));
  if (at < 0) return undefined;
  return functionsIn(own.slice(at + 1, at + 8)).find((name) => !name.startsWith('debug_dma_'));
}
