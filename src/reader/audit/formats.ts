import { HAZARDS, type Severity } from '../hazards';
import type { AuditReport, Sums } from './report';
import type { SeriesChange } from './series';

/** An audit as other programs and people read it. */

export const AUDIT_FORMATS = ['json', 'csv', 'sarif', 'md'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** What the figure means, in one sentence. */
export const READINESS =
  'of the places that reach memory, the share that does it by pfn or physical address, without a struct page.';

export function formatAudit(report: AuditReport, format: AuditFormat): string {
  switch (format) {
    case 'json':
      return JSON.stringify(report, null, 1);
    case 'csv':
      return csv(report);
    case 'sarif':
      return JSON.stringify(sarif(report), null, 1);
    case 'md':
      return markdown(report);
  }
}

function csv(report: AuditReport): string {
  const rows = [['subsystem', 'path', 'line', 'column', 'code', 'severity', 'detail']];
  for (const { name, files } of report.subsystems) {
    for (const { path, findings } of files) {
      for (const { code, line, column, detail } of findings) {
        rows.push([name, path, String(line), String(column), code, hazardOf(code).severity, detail ?? '']);
      }
    }
  }
  return rows.map((row) => row.map(csvField).join(',')).join('\r\n');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function hazardOf(code: string): (typeof HAZARDS)[number] {
  return HAZARDS.find((one) => one.code === code)!;
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0, which code scanning services and editors read. */
function sarif(report: AuditReport): unknown {
  const rules = HAZARDS.map(({ code, why, severity, entry }) => ({
    id: code,
    shortDescription: { text: why },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { name: entry },
  }));
  const files = report.subsystems.flatMap((subsystem) => subsystem.files);
  const results = files.flatMap(({ path, findings }) =>
    findings.map(({ code, line, column, endLine, endColumn, detail }) => {
      const { why, severity } = hazardOf(code);
      return {
        ruleId: code,
        ruleIndex: HAZARDS.findIndex((one) => one.code === code),
        level: LEVELS[severity],
        message: { text: detail === undefined ? why : `${why} (${detail})` },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: encodeURI(path), uriBaseId: 'TREE' },
              region: { startLine: line, startColumn: column, endLine, endColumn },
            },
          },
        ],
      };
    }),
  );
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Bioscope', rules } }, columnKind: 'utf16CodeUnits', results }],
  };
}

function markdown(report: AuditReport): string {
  const codes = HAZARDS.map((one) => one.code).filter((code) => (report.hazards[code] ?? 0) > 0);
  const rows = report.subsystems.filter(({ hazards }) => Object.keys(hazards).length > 0);
  const line = (name: string, files: number, sums: Sums, series: SeriesChange) =>
    `| ${[
      name,
      files,
      ...codes.map((code) => sums.hazards[code] ?? 0),
      sums.convertible,
      percent(sums),
      series.files === 0 ? '–' : `${series.files} (${series.lines})`,
    ].join(' | ')} |`;
  const head = ['subsystem', 'files', ...codes, 'convertible', 'ready', 'series'];
  const inRows = rows.reduce(
    (sum, { series }) => ({ files: sum.files + series.files, lines: sum.lines + series.lines }),
    { files: 0, lines: 0 },
  );
  const all = report.subsystems.reduce((sum, { files }) => sum + files.length, 0);
  return [
    '# struct page audit',
    '',
    `${report.looked} files looked into, ${all} with names of interest.${report.cancelled ? ' Stopped before the end.' : ''}`,
    '',
    `| ${head.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(head.length - 1)}`,
    ...rows.map((one) => line(one.name, one.files.length, one, one.series)),
    line('all', all, report, inRows),
    '',
    ...codes.map((code) => `- \`${code}\`: ${hazardOf(code).why}`),
    `- \`ready\`: ${READINESS}`,
    '- `series`: how many files v3 of the series changed there in 2015, and lines in them.',
  ].join('\n');
}

export function percent({ readiness }: Pick<Sums, 'readiness'>): string {
  return readiness === undefined ? '–' : `${Math.round(readiness * 100)} %`;
}
