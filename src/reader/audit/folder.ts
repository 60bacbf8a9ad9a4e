import type { AuditCache } from './cache';
import type { AuditOutcome, StopToken } from './tree';

/** An audit of a folder on a disk, in threads. Only Node has them; who provides it, and who calls it, agree on this. */
export type AuditFolder = (
  /** The top of the tree, a path of the machine. */
  top: string,
  options: {
    /** A folder inside it, with forward slashes; empty for all. */
    readonly under: string;
    readonly cache?: AuditCache;
    readonly token?: StopToken;
    /** `total` grows while the tree is still being listed. */
    readonly progress?: (done: number, total: number) => void;
  },
) => Promise<AuditOutcome & { readonly problems: readonly string[] }>;
