import { bio_endio, bio_put } from '../../../engine/block/bio';
import { bio_chain, bio_clone_bioset, bio_split } from '../../../engine/block/clone';
import { BIO_UPTODATE } from '../../../engine/block/flags';
import type { Bio } from '../../../engine/block/tables';
import { compare, type Checker } from '../case';
import { bioOf, rig, walkText, type Rig } from './rig';
import { field, fields, lines, numberField } from './rows';

/** bio.csv: bios that are split and cloned, and chains that complete in every order. */
export const bio: Checker = function* (text, path) {
  const one = rig();
  for (const row of lines(text)) {
    const [kind, number] = row.split(',');
    const name = `${path} ${kind},${number}`;
    if (kind === 'SPLIT') yield compare(name, row.slice(row.indexOf('child=')), splitRow(one, fields(row)));
    else yield compare(name, row.slice(row.indexOf('remaining=')), chainRow(one, row));
  }
};

function place(bio: Bio): string {
  return `${bio.bi_sector}/${bio.bi_size}/${bio.bi_idx}/${bio.bi_bvec_done}`;
}

function splitRow(one: Rig, row: ReadonlyMap<string, string>): string {
  const { kernel } = one;
  const [sector, size, idx, done] = field(row, 'before').split('/').map(Number);
  const rest = bioOf(one, field(row, 'in'));
  rest.bi_sector = sector!;
  rest.bi_size = size!;
  rest.bi_idx = idx!;
  rest.bi_bvec_done = done!;

  const child = bio_split(kernel, rest, numberField(row, 'sectors'));
  const shared = child.bi_io_vec === rest.bi_io_vec ? 1 : 0;
  const flags = (of: Bio) => `flags=${of.bi_flags.toString(16)}:vcnt=${of.bi_vcnt}`;
  const childText = `${place(child)}:${flags(child)}:sharedvec=${shared}:${walkText(one, child)}`;
  const restText = `${place(rest)}:${walkText(one, rest)}`;
  const clone = bio_clone_bioset(kernel, rest);
  const cloneText = `${place(clone)}:${flags(clone)}:max=${clone.bi_max_vecs}:${walkText(one, clone)}`;
  for (const each of [child, clone, rest]) bio_put(kernel, each);
  return `child=${childText},rest=${restText},clone=${cloneText}`;
}

/** `order(parent=n)=id:errno|…`: the order in which the children 0 to n-1 and the parent n complete. */
function chainRow(one: Rig, row: string): string {
  const { kernel } = one;
  const order = row.slice(row.indexOf('=', row.indexOf('order(parent=') + 'order(parent='.length) + 1);
  const steps = order.slice(0, order.indexOf(',')).split('|');
  const children = numberField(fields(row), 'children');
  const parent = bioOf(one, '');
  const all = Array.from({ length: children }, () => {
    const child = bioOf(one, '');
    bio_chain(kernel, child, parent);
    return child;
  });
  all.push(parent);
  const remaining = parent.bi_remaining;

  const upToDate = () => (parent.bi_flags & BIO_UPTODATE ? 1 : 0);
  let end = '';
  parent.bi_end_io = (_kernel, _bio, error) => {
    end = `END(id=0,err=${error},uptodate=${upToDate()})`;
  };
  let log = '';
  for (const step of steps) {
    const [id, error] = step.split(':').map(Number);
    bio_endio(kernel, all[id!]!, error!);
    log += ` do(${id},${error})`;
    log += end === '' ? ` rem=${parent.bi_remaining} upt=${upToDate()}` : ` ${end}`;
  }
  bio_put(kernel, parent);
  return `remaining=${remaining},order(parent=${children})=${steps.join('|')},log=${log}`;
}
