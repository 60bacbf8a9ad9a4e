import { Oops } from '../oops';
import { isCanonical, type AddressSpace } from './address-space';

/** What the processor answers to an access of an address where nothing is mapped, in the name of `where`. */
export function faultAt(address: bigint, space: AddressSpace, where: string): Oops {
  const text = address.toString(16).padStart(space.wordBits / 4, '0');
  const message = isCanonical(address)
    ? `BUG: unable to handle kernel paging request at ${text}`
    : 'general protection fault: 0000';
  return new Oops(`${message}, in ${where}`, address, where);
}
