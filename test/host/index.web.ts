// The same suites in the web worker extension host; the bundle differs, not the code.
export { run } from './index';
