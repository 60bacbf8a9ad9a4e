/** One thing a real kernel did, and whether the simulator does the same. */
export interface Case {
  /** What was checked, such as "segs.csv SEG,0,12". */
  readonly name: string;
  readonly agrees: boolean;
  /** The first difference, where there is one: what the kernel printed, and what the simulator says. */
  readonly expected?: string;
  readonly got?: string;
}

/** Another file of a capture's folder, by its name; empty where there is none. */
export type Beside = (name: string) => string;

/** Checks every row of one capture. `path` is only for the names of its cases. */
export type Checker = (text: string, path: string, beside: Beside) => Iterable<Case>;

export function compare(name: string, expected: string, got: string): Case {
  return expected === got ? { name, agrees: true } : { name, agrees: false, expected, got };
}
