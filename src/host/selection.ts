import type { PhysicalMap } from '../engine/memory/physical-map';
import { PAGE_SIZE } from '../model/address';
import type { Selection } from '../protocol/view-state';

/**
 * A selection after a change. A page brings the extent that holds it; another extent lets go of the page, and so does
 * a page outside the machine.
 */
export function changedSelection(before: Selection, change: Selection, map?: PhysicalMap): Selection {
  if (change.page !== undefined) {
    const extent = map?.at(change.page * PAGE_SIZE);
    const { page: _outside, ...rest } = { ...before, ...change };
    return extent ? { ...rest, page: change.page, extent: extent.start } : rest;
  }
  if (change.extent === undefined) return { ...before, ...change };
  const { page: _gone, ...rest } = before;
  return { ...rest, ...change };
}
