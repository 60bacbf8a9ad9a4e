/** `dist/threads.js`, made of src/cli: only there is Node known. The extension for the browser has none. */
declare module 'bioscope-threads' {
  export const auditFolder: import('../../reader/audit').AuditFolder;
}
