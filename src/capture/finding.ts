/** One thing a cross-check found. `error`: it cannot be so. `warning`: look at it. `info`: explained. */
export interface CrossFinding {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** Collects findings of one check. */
export class Findings {
  readonly list: CrossFinding[] = [];
  readonly info = (message: string) => this.list.push({ severity: 'info', message });
  readonly warning = (message: string) => this.list.push({ severity: 'warning', message });
  readonly error = (message: string) => this.list.push({ severity: 'error', message });
}

/** `65,536`: a count for people. */
export function counted(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function pages(n: number): string {
  return `${counted(n)} page${n === 1 ? '' : 's'}`;
}
