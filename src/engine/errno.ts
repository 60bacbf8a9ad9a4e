/** The errno values the modelled paths return, as the kernel's positive numbers. */
export const EIO = 5;
export const ERANGE = 34;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;

const NAMES: Readonly<Record<number, string>> = {
  [EIO]: 'EIO',
  [EINVAL]: 'EINVAL',
  [ERANGE]: 'ERANGE',
  [ENOSPC]: 'ENOSPC',
  [EOPNOTSUPP]: 'EOPNOTSUPP',
};

/** `-EIO` for -5; `0` for success. */
export function errnoName(error: number): string {
  return error === 0 ? '0' : `-${NAMES[-error] ?? String(-error)}`;
}
