/** The errno values the modelled paths return, as the kernel's positive numbers. */
export const EIO = 5;
export const ENOMEM = 12;
export const ENXIO = 6;
export const ENODEV = 19;
export const ERANGE = 34;
export const EILSEQ = 84;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;

const NAMES: Readonly<Record<number, string>> = {
  [EIO]: 'EIO',
  [ENXIO]: 'ENXIO',
  [ENODEV]: 'ENODEV',
  [EINVAL]: 'EINVAL',
  [ENOMEM]: 'ENOMEM',
  [ERANGE]: 'ERANGE',
  [EILSEQ]: 'EILSEQ',
  [ENOSPC]: 'ENOSPC',
  [EOPNOTSUPP]: 'EOPNOTSUPP',
};

/** `-EIO` for -5; `0` for success. */
export function errnoName(error: number): string {
  return error === 0 ? '0' : `-${NAMES[-error] ?? String(-error)}`;
}
