export { blkparseLines } from './blkparse';
export { chromeTrace } from './chrome-trace';
export { csvLines } from './csv';
export { ftraceLines } from './ftrace';
