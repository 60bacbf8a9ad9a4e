/** One way to take a number, judged on one machine. */
export interface Reading {
  /** What it would be: "physical address", "struct page *", "__pfn_t of v5". */
  readonly as: string;
  /** What it says then; empty where it cannot be that. */
  readonly says: string;
  readonly possible: boolean;
  readonly why: string;
  /** How much speaks for it, among the possible ones: the larger comes first. */
  readonly weight: number;
  /** The page frame it leads to. */
  readonly pfn?: number;
  readonly reconstructed?: boolean;
  /** When the version was posted that reads it so. */
  readonly when?: string;
}

export function may(as: string, says: string, why: string, weight: number, pfn?: number): Reading {
  return { as, says, possible: true, why, weight, ...(pfn === undefined ? {} : { pfn }) };
}

export function cannot(as: string, why: string, says = ''): Reading {
  return { as, says, possible: false, why, weight: 0 };
}
