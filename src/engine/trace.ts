import type { BioTable } from './block/tables';
import type { Clock } from './clock';
import { NO_DEVICE, type EventKind, type Recorder } from '../model/recording';

/**
 * The engine's vocabulary in a Recording. One method an event, so that what its columns hold is written once;
 * every event takes one step of the clock.
 */
export class Trace {
  private readonly ids: Readonly<Record<keyof typeof EVENTS, number>>;

  constructor(
    private readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly bios: BioTable,
  ) {
    const ids: Record<string, number> = {};
    for (const [name, [kind, ...args]] of Object.entries(EVENTS))
      ids[name] = recorder.define({ name, kind, args });
    this.ids = ids as Record<keyof typeof EVENTS, number>;
  }

  bio_add_page(
    device: number,
    bio: number,
    pfn: number,
    offset: number,
    len: number,
    added: number,
    rule: string,
  ): void {
    this.emit(this.ids.bio_add_page, device, bio, pfn, offset, len, added, rule);
  }
  bio_add_pfn(
    device: number,
    bio: number,
    pfn: number,
    offset: number,
    len: number,
    added: number,
    rule: string,
  ): void {
    this.emit(this.ids.bio_add_pfn, device, bio, pfn, offset, len, added, rule);
  }
  bv_pfn(
    device: number,
    bio: number,
    pfn: number,
    offset: number,
    len: number,
    added: number,
    rule: string,
  ): void {
    this.emit(this.ids.bv_pfn, device, bio, pfn, offset, len, added, rule);
  }
  submit_bio(device: number, bio: number, sector: number, bytes: number, rw: number): void {
    this.emit(this.ids.submit_bio, device, bio, sector, 0, bytes, rw, '');
  }
  generic_make_request_checks(
    device: number,
    bio: number,
    sector: number,
    error: number,
    rule: string,
  ): void {
    this.emit(this.ids.generic_make_request_checks, device, bio, sector, 0, 0, error, rule);
  }
  block_bio_queue(device: number, bio: number, sector: number, sectors: number, rw: number): void {
    this.emit(this.ids.block_bio_queue, device, bio, sector, 0, sectors, rw, '');
  }
  brd_insert_page(device: number, bio: number, index: number, pfn: number): void {
    this.emit(this.ids.brd_insert_page, device, bio, index, pfn, 0, 0, '');
  }
  memcpy(device: number, bio: number, from: number, to: number, bytes: number): void {
    this.emit(this.ids.memcpy, device, bio, from, to, bytes, 0, '');
  }
  memset(device: number, bio: number, to: number, bytes: number): void {
    this.emit(this.ids.memset, device, bio, 0, to, bytes, 0, '');
  }
  printk(device: number, bio: number, message: string): void {
    this.emit(this.ids.printk, device, bio, 0, 0, 0, 0, message);
  }
  oops(device: number, bio: number, message: string): void {
    this.emit(this.ids.oops, device, bio, 0, 0, 0, 0, message);
  }
  bio_endio(device: number, bio: number, sector: number, bytes: number, error: number): void {
    this.emit(this.ids.bio_endio, device, bio, sector, 0, bytes, error, '');
  }

  private emit(
    id: number,
    device: number,
    bio: number,
    a: number,
    b: number,
    c: number,
    d: number,
    note: string,
  ): void {
    const time = this.clock.tick();
    if (!this.recorder.enabled) return;
    const object = this.bios.serial[bio]!;
    this.recorder.emit(
      id,
      time,
      device < 0 ? NO_DEVICE : device,
      object,
      a,
      b,
      c,
      d,
      note === '' ? 0 : this.recorder.text(note),
    );
  }
}

const VECTOR = ['pfn', 'offset (B)', 'len (B)', 'added (B)'] as const;

/** What each event is, and what its four arguments mean. */
const EVENTS = {
  bio_add_page: ['call', ...VECTOR],
  bio_add_pfn: ['call', ...VECTOR],
  bv_pfn: ['call', ...VECTOR],
  submit_bio: ['call', 'sector', '', 'bytes', 'rw'],
  generic_make_request_checks: ['rule', 'sector', '', '', 'error'],
  block_bio_queue: ['trace', 'sector', '', 'sectors', 'rw'],
  brd_insert_page: ['call', 'page index', 'pfn', '', ''],
  memcpy: ['call', 'from (phys)', 'to (phys)', 'bytes', ''],
  memset: ['call', '', 'to (phys)', 'bytes', ''],
  printk: ['printk', '', '', '', ''],
  oops: ['oops', '', '', '', ''],
  bio_endio: ['call', 'sector', '', 'bytes', 'error'],
} as const satisfies Record<string, readonly [EventKind, string, string, string, string]>;
