import type { Collected } from './collect';
import type { CrossFinding } from './finding';
import { formatProblem, type CaptureProblem } from './problem';
import { FORMATS } from './recognise';

const TITLES = {
  error: 'What cannot be so',
  warning: 'What to look at',
  info: 'What was compared, and what is missing',
} as const;

/** The cross-check of a machine as plain text: what was read, and every finding, the gravest first. */
export function reportText(
  machine: string,
  findings: readonly CrossFinding[],
  collected?: Collected,
  warnings: readonly CaptureProblem[] = [],
): string {
  const lines = [`Cross-check of ${machine}`, ''];
  if (collected && collected.files.length > 0) {
    lines.push('Read');
    for (const { file, format } of collected.files) lines.push(`  ${file}: ${FORMATS[format].what}`);
    for (const warning of warnings) lines.push(`  ${formatProblem(warning)}`);
    lines.push('');
  }
  for (const severity of ['error', 'warning', 'info'] as const) {
    const some = findings.filter((finding) => finding.severity === severity);
    if (some.length === 0) continue;
    lines.push(TITLES[severity], ...some.map(({ message }) => `  - ${message}`), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
