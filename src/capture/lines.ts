/** A line of a capture without what terminals, loggers and pasting put around it. */
export interface CleanLine {
  readonly number: number;
  readonly text: string;
}

const DMESG = /^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[[^\]]*\])? ?/;
const SYSLOG =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.,+-]+Z?) \S+ kernel: (?:\[\s*\d+\.\d+\] ?)?/;
const PROMPT =
  /^(?:\S*[#$%>] ?)?(?:sudo )?(?:(?:cat|less|head|grep)\b.*\/proc\/\w|(?:dmesg|lsblk|journalctl|ndctl list|daxctl list|dmsetup table)(?:\s|$))/;

/** Splits into lines, drops blank lines, comments and the command that printed them. Indentation stays. */
export function cleanLines(text: string): CleanLine[] {
  const lines: CleanLine[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((raw, index) => {
      const line = raw.replace(DMESG, '').replace(SYSLOG, '').trimEnd();
      if (line === '' || /^\s*#/.test(line) || PROMPT.test(line) || /^\s*\$ /.test(line)) return;
      lines.push({ number: index + 1, text: line });
    });
  return lines;
}
