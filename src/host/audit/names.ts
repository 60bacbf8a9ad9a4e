/** What the workspace keeps of audits, so that the view knows without them whether there are any. */
export const REMEMBERED = 'bioscope.audits';

/** The commands, by their names after `bioscope.`. */
export const AUDIT_COMMANDS = [
  'audit',
  'auditRefresh',
  'auditStop',
  'auditFilter',
  'auditSearch',
  'auditClearFilter',
  'auditExport',
  'auditCopy',
  'auditClear',
] as const;
