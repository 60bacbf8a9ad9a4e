/** The audit of media/sample as CSV: what the command line prints and what the view exports, in every extension host. */
export const SAMPLE_AUDIT_CSV = [
  'subsystem,path,line,column,code,severity,detail',
  'block,block/sample.c,25,15,kmap-page,error,',
  'block,block/sample.c,87,9,bv-page-read,warning,',
  'block,block/sample.c,87,23,bv-page-read,warning,',
  '',
]
  .join('\r\n')
  .replace(/\r\n$/, '\n');
