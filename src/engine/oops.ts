/** The kernel faults: the task that was running dies here, and what it had begun is never finished. */
export class Oops extends Error {
  override readonly name = 'Oops';

  /** By its name: drivers that are loaded later have a class of their own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'Oops';
  }

  /** `address`: the virtual address that was touched. `where`: the kernel function that touched it. */
  constructor(
    message: string,
    readonly address: bigint,
    readonly where: string,
  ) {
    super(message);
  }
}

/** What a fault is, for people: a BUG_ON whose message is its bare condition is called one. */
export function faultText({ message }: Oops): string {
  return /BUG|fault|panic/.test(message) ? message : `kernel BUG: ${message}`;
}
