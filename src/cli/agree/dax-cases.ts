import { DaxMapping, type Access } from '../../engine/dax/dax-fault';
import { DaxFile } from '../../engine/dax/dax-file';
import { dax_do_io, dax_zero_page_range, type DaxStep } from '../../engine/dax/dax-io';
import type { DaxBdev } from '../../engine/dax/direct-access';
import { pmemProvider } from '../../engine/dax/providers';
import { compare, type Case } from './case';

/** What a program did to a file, as it printed it. */
interface Op {
  readonly text: string;
  readonly path: string;
  readonly what: 'read' | 'write' | 'mmap' | 'truncate' | 'fallocate';
  readonly offset: number;
  readonly length: number;
  /** How mmap touched it, or fallocate's mode. */
  readonly how: string;
  /** What it got. */
  readonly result: number;
  readonly signal: number;
  readonly size: number | undefined;
}

const PAGE = 4096;

/**
 * File I/O of a trace with probes in fs/dax.c (4.1): what the programs got, and every call of the probes, in order. Where the
 * file system put a block is taken from the first call for it. Without DAX, no probe may have fired.
 */
export function* daxCases(text: string, name: string): Generator<Case> {
  const real = probesOf(text);
  if (real.length === 0 && !/^dax-|^nodax-/.test(name)) return;
  const ops = opsOf(text);
  const refused = /failed: Invalid argument/.test(text);
  if (!name.startsWith('dax-') || refused) {
    if (ops.length > 0) yield compare('probes of fs/dax.c', 'none', real[0] ?? 'none');
    return;
  }
  if (ops.length === 0) return;
  const world = new Replay(text, real, ops);
  for (const op of ops) yield compare(`${op.text}: what the program got`, resultOf(op), world.run(op));
  const ours = world.probes();
  for (let i = 0; i < Math.max(real.length, ours.length); i++)
    yield compare(`probe ${i + 1}`, real[i] ?? 'nothing more', ours[i] ?? 'nothing more');
}

function resultOf({ what, result, signal }: Op): string {
  return what === 'mmap' ? `signal ${signal}` : String(result);
}

class Replay {
  private readonly steps: DaxStep[] = [];
  private readonly files = new Map<string, DaxFile>();
  private readonly bdev: DaxBdev;
  /** Calls of bdev_direct_access, in order: sector and size. */
  private readonly calls: readonly (readonly [sector: number, size: number])[];

  constructor(
    text: string,
    real: readonly string[],
    private readonly ops: readonly Op[],
  ) {
    const start = Number(/^(\d+)\nrc=0$/m.exec(text)?.[1] ?? 0);
    this.bdev = {
      name: 'the disk',
      start_sect: BigInt(start),
      nr_sects: 2n ** 40n,
      provider: pmemProvider(0n, 2n ** 50n, 0n),
    };
    this.calls = real.flatMap((probe) => {
      const [, sector, size] = /^bdev_direct_access (\d+) (\d+)/.exec(probe) ?? [];
      return sector === undefined ? [] : [[Number(sector), Number(size)] as const];
    });
  }

  run(op: Op): string {
    const file = this.fileOf(op);
    if (op.size !== undefined) file.size = op.size;
    const { offset, length } = op;
    switch (op.what) {
      case 'read':
      case 'write':
        return String(dax_do_io(this.bdev, file, op.what === 'write', offset, length, this.steps));
      case 'mmap':
        return `signal ${this.touch(file, op)}`;
      case 'truncate':
        file.punch(Math.ceil(offset / PAGE), Infinity);
        file.size = offset;
        if (offset % PAGE > 0) this.zero(file, offset, PAGE - (offset % PAGE));
        return '0';
      case 'fallocate':
        this.fallocate(file, op);
        return '0';
    }
  }

  /** The probes that the steps would have fired. */
  probes(): string[] {
    return this.steps.flatMap((step) => {
      if (step.call === 'dax_do_io') return [`dax_do_io ${step.ret}`];
      if (step.call !== 'bdev_direct_access')
        return /^(?:do_dax_fault|dax_fault|dax_pfn_mkwrite|dax_zero_page_range)$/.test(step.call)
          ? [step.call]
          : [];
      const { sector, size, ret } = step;
      const at = sector + Number(this.bdev.start_sect);
      const asked = ret < 0 ? [] : [`pmem_direct_access ${at} ${size}`];
      return [`bdev_direct_access ${sector} ${size}`, ...asked, `= ${ret}`];
    });
  }

  private fileOf({ path, what, how }: Op): DaxFile {
    const known = this.files.get(path);
    if (known) return known;
    // What is first read or mapped was there before; a short read tells how long it was.
    const foreign = what === 'read' || what === 'mmap' || (what === 'fallocate' && how !== '0');
    const short = this.ops.find((op) => op.path === path && op.what === 'read' && op.result < op.length);
    const size = !foreign ? 0 : short ? short.offset + short.result : Infinity;
    const file = new DaxFile(size, (block, first) => this.place(block, first), foreign);
    this.files.set(path, file);
    return file;
  }

  /** The call that is to come next tells where the piece is that begins at `first`. */
  private place(block: number, first: number): number | undefined {
    const done = this.steps.filter(({ call }) => call === 'bdev_direct_access').length;
    const call = this.calls[done];
    const within = (block - first) * PAGE;
    return call && within < call[1] ? call[0] + within / 512 : undefined;
  }

  private touch(file: DaxFile, { offset, length, how }: Op): number {
    const mapping = new DaxMapping(this.bdev, file);
    const access: Access = how.startsWith('w') ? 'write' : how === 'p' ? 'private' : 'read';
    for (let at = offset; at < offset + length; at += PAGE)
      if (mapping.touch(Math.floor(at / PAGE), access, this.steps) === 'SIGBUS') return 7;
    return 0;
  }

  private zero(file: DaxFile, from: number, length: number): void {
    dax_zero_page_range(this.bdev, file, from, length, this.steps);
  }

  private fallocate(file: DaxFile, { how, offset, length }: Op): void {
    const mode = Number(how);
    const end = offset + length;
    const [first, last] = [Math.ceil(offset / PAGE), Math.floor(end / PAGE)];
    if (mode & 2 || mode & 16) {
      if (offset % PAGE > 0) this.zero(file, offset, Math.min(PAGE - (offset % PAGE), length));
      if (end % PAGE > 0 && first <= last) this.zero(file, last * PAGE, end % PAGE);
      file.punch(first, last, (mode & 16) > 0);
    } else file.reserve(Math.floor(offset / PAGE), Math.ceil(end / PAGE));
    if ((mode & 1) === 0) file.size = Math.max(file.size, end);
  }
}

/** Probes of the programs that did the I/O; numbers as decimals. */
function probesOf(text: string): string[] {
  const found: string[] = [];
  for (const line of text.slice(text.indexOf('# trace:')).split('\n')) {
    const [, probe = '', rest = ''] = /^\s*(?:iot|mm)-\d+\s.*?: (\w+): (\(.*)$/.exec(line) ?? [];
    const [, sector = '0', size = ''] = /sector=(\w+) size=(-?\d+)/.exec(rest) ?? [];
    const ret = /ret=(-?\d+)/.exec(rest)?.[1] ?? '';
    if (probe === 'da') found.push(`bdev_direct_access ${Number(sector)} ${size}`);
    else if (probe === 'pmda') found.push(`pmem_direct_access ${Number(sector)} ${size}`);
    else if (probe === 'dar') found.push(`= ${ret}`);
    else if (probe === 'dxior') found.push(`dax_do_io ${ret}`);
    else if (/^(?:do_dax_fault|dax_fault|dax_pfn_mkwrite|dax_zero_page_range)$/.test(probe))
      found.push(probe);
  }
  return found;
}

/** The lines the programs printed; `mm` prints no file name, so that comes from the command. */
function opsOf(text: string): Op[] {
  const [command = ''] = /^# command:.*$/m.exec(text) ?? [];
  const mapped = [...command.matchAll(/\bmm (\S+) \w+ ([^\s;]+)/g)].flatMap(([, path, places]) =>
    places!.split(',').map(() => path!),
  );
  const ops: Op[] = [];
  for (const line of text.slice(0, Math.max(text.indexOf('# driver log:'), 0)).split('\n')) {
    const op = iotOp(line) ?? mmOp(line, () => mapped.shift() ?? '');
    if (op) ops.push(op);
  }
  return ops;
}

function iotOp(line: string): Op | undefined {
  const [, path, how = '', offset, length, result] =
    /^(\/mnt\/\S+) ([rw]\w*) off=(\d+) len=(\d+) -> (-?\d+)/.exec(line) ?? [];
  if (path === undefined) return undefined;
  const errno = /errno=(\d+)/.exec(line)?.[1];
  return {
    text: line,
    path,
    what: how.startsWith('w') ? 'write' : 'read',
    how,
    offset: Number(offset),
    length: Number(length),
    result: Number(result) < 0 && errno !== undefined ? -Number(errno) : Number(result),
    signal: 0,
    size: undefined,
  };
}

function mmOp(line: string, nextPath: () => string): Op | undefined {
  const common = { text: line, result: 0, signal: 0, size: undefined };
  const map = /^mmap (\w+) off=(\d+) len=(\d+) size_before=(\d+) .*signal=(\d+)/.exec(line);
  if (map)
    return {
      ...common,
      path: nextPath(),
      what: 'mmap',
      how: map[1]!,
      offset: Number(map[2]),
      length: Number(map[3]),
      size: Number(map[4]),
      signal: Number(map[5]),
    };
  const truncated = /^ftruncate (\d+) -> (-?\d+)/.exec(line);
  if (truncated)
    return {
      ...common,
      path: nextPath(),
      what: 'truncate',
      how: '',
      offset: Number(truncated[1]),
      length: 0,
    };
  const reserved = /^fallocate mode=(\d+) off=(\d+) len=(\d+) -> (-?\d+)/.exec(line);
  if (reserved)
    return {
      ...common,
      path: nextPath(),
      what: 'fallocate',
      how: reserved[1]!,
      offset: Number(reserved[2]),
      length: Number(reserved[3]),
      result: Number(reserved[4]),
    };
  if (/^lseek /.test(line)) nextPath();
  return undefined;
}
