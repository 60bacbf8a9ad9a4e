/** Folders of the kernel whose subfolders are subsystems of their own. */
const DEEP = new Set(['arch', 'drivers', 'fs', 'net', 'sound', 'tools', 'Documentation']);

/** The subsystem of a file, by its path from the top of the tree: `drivers/md`, `fs/btrfs`, `fs`, `block`. */
export function subsystemOf(path: string): string {
  const [top = '', second, third] = path.split('/');
  if (second === undefined) return '.';
  return DEEP.has(top) && third !== undefined ? `${top}/${second}` : top;
}
