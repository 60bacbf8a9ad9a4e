import type { AuditFolder } from '../../reader/audit';

/** `dist/threads.js`, made of src/cli: only there is Node known. The extension for the browser has none. */
export const auditFolder: AuditFolder;
