import type { FlaggedLayout } from '../flagged';
import { bool, directMapPointer, pagePointer, value, type HelperResult } from '../result';
import * as sg from '../sg-v5';
import type { Helper } from './helper';

const SG = 'v5 5/5 mail, 12 Aug 2015, run in captures: v5-sg5.csv';
const LAST: sg.SgV5 = { val: 2n, offset: 0, length: 0 };

/** `sg_page` of v5 5/5: WARN_ONCE and NULL where there is no page. */
const NO_PAGE: HelperResult = { is: 'WARN', message: sg.UNMAPPED, gives: { is: 'NULL' } };

/** `struct scatterlist` of v5 5/5, of an entry that was LAST, made by sg_set_pfn of the word at offset 0. */
export function v5SgHelpers(layout: FlaggedLayout): readonly Helper[] {
  const entry = (word: bigint) => sg.sg_set_pfn(LAST, word, 4096, 0);
  return [
    { name: 'sg_set_pfn (keeps LAST)', source: SG, call: ({ word }) => value('word', entry(word).val) },
    {
      name: 'sg_set_pfn with offset 65536 (no limit)',
      source: SG,
      call: ({ word }) => value('word', sg.sg_set_pfn(LAST, word, 4096, 65536).val),
    },
    {
      name: 'sg_is_chain after sg_set_pfn',
      source: SG,
      call: ({ word }) => bool(sg.sg_is_chain(entry(word))),
    },
    {
      name: 'sg_has_page',
      source: SG,
      call: ({ word }, { space }) => bool(layout.decode(entry(word).val, space).hasPage),
    },
    {
      name: 'sg_page',
      source: SG,
      call: ({ word }, ground) => {
        const { hasPage, page, pfn } = layout.decode(entry(word).val, ground.space);
        return hasPage ? pagePointer(page, pfn, ground) : NO_PAGE;
      },
    },
    {
      name: 'sg_phys',
      source: SG,
      call: ({ word }, { space }) => value('phys', sg.sg_phys(entry(word), space)),
    },
    {
      name: 'sg_virt',
      source: 'linux 4.1 include/linux/scatterlist.h, over sg_page of v5 5/5',
      call: ({ word }, ground) => {
        const { space } = ground;
        const address = sg.sg_virt(entry(word), space);
        if (layout.decode(word, space).hasPage)
          return directMapPointer(address, sg.sg_phys(entry(word), space), ground);
        return {
          is: 'WARN',
          message: sg.UNMAPPED,
          gives: { is: 'garbage', value: address, unit: 'virt', why: 'the page_address() of NULL' },
        };
      },
    },
  ];
}
