export { AUDIT_FORMATS, formatAudit } from './formats';
export { reportOf } from './report';
export { auditTree } from './tree';
export type { AuditCache, AuditSource } from './tree';
export { auditFile } from './uses';
export type { FileReport } from './uses';
