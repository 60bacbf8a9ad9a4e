import type { KnownHelper } from '.';

/** The headers that have today's helpers, from the top of a kernel tree. */
export const HELPER_HEADERS = [
  'include/linux/bvec.h',
  'include/linux/highmem.h',
  'include/linux/scatterlist.h',
] as const;

/**
 * What a kernel has is what its headers define.
 *
 * @param headers the text of those of `HELPER_HEADERS` that exist
 */
export function knownHelpers(headers: readonly string[]): KnownHelper {
  const names = new Set<string>();
  for (const text of headers) {
    for (const [, inline, macro] of text.matchAll(DEFINITION)) names.add((inline ?? macro)!);
  }
  return (name) => names.has(name);
}

const DEFINITION = /^static (?:__always_)?inline [\w \t*]*?(\w+)\(|^#[ \t]*define[ \t]+(\w+)\(/gm;
