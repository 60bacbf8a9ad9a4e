// What the host needs of the importers: one file, so that a session that imports nothing does not read them.
export { collect, type Collected } from './collect';
export { crossCheck } from './cross-check';
export { archOf, hasMap, joinMachine } from './join';
export { formatProblem, type CaptureProblem } from './problem';
export { FORMATS, readCapture, type Part } from './recognise';
export { reportText } from './report';
