/** What only kernel code says; a user-space program may well have a function called page_address(). */
const KERNEL_CODE = new RegExp(
  [
    '^[ \\t]*#[ \\t]*include[ \\t]*[<"](?:linux|asm|asm-generic|scsi|rdma|net|crypto)/',
    '\\bstruct (?:bio|bio_vec|page|scatterlist|dma_map_ops|request_queue)\\b',
  ].join('|'),
  'm',
);

/** Programs that live in a kernel tree and run outside of the kernel. */
const NO_KERNEL_CODE = /(?:^|\/)(?:tools|scripts|samples|usr|Documentation)\//;

/** How far to look. Headers are included at the top, and structures named soon. UTF-16 units. */
const HEAD = 1 << 18;

/**
 * Whether a C file is kernel code, so that findings in it are of use.
 *
 * @param path from the top of its kernel tree, where that is known
 */
export function isKernelCode(text: string, path = ''): boolean {
  return !NO_KERNEL_CODE.test(path) && KERNEL_CODE.test(text.slice(0, HEAD));
}
