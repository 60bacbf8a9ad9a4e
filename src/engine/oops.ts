/** The kernel faults: the task that was running dies here, and what it had begun is never finished. */
export class Oops extends Error {
  override readonly name = 'Oops';

  /** `address`: the virtual address that was touched. `where`: the kernel function that touched it. */
  constructor(
    message: string,
    readonly address: bigint,
    readonly where: string,
  ) {
    super(message);
  }
}
