import { eventAt, type RecordedEvent, type Recording } from './recording';

/** Bytes [from, to) of a submitted bio, as one bio of its family carried them to one device. */
export interface Part {
  readonly bio: number;
  /** The bio it was made from; the submitted one has none. */
  readonly parent: number | undefined;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /** Where they begin on the device. Sectors of 512 bytes. */
  readonly sector: number;
  /** The event that brought them there, by its number in the Recording. */
  readonly event: number;
  /** The device did not take them. */
  readonly refused: boolean;
  /** They are copies in pages that the device can reach. */
  readonly bounced: boolean;
  /** The request they are in, where the driver of the device gets requests. */
  request: number | undefined;
}

/** Bytes [from, to) that a device got as one entry of a scatterlist. */
export interface Segment {
  readonly bio: number;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /** First physical byte of the entry's share of them. */
  readonly phys: number;
  readonly request: number;
  /** Its number in the scatterlist. */
  readonly entry: number;
  /** The event that made it, by its number in the Recording. */
  readonly event: number;
}

/** Bytes [from, to) where a device finds them. */
export interface Address extends Segment {
  /** What the device is told; `phys` is what the memory has. */
  readonly bus: number;
}

/** Bytes [from, to) that the CPU copied for a driver. `at`: first byte where the device keeps them, if it has a place. */
export interface Copy {
  readonly bio: number;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  readonly at: number | undefined;
  /** The event that did it, by its number in the Recording. */
  readonly event: number;
}

/** Where bytes stop: which bio of the family, and the event that says why. */
export interface Stop {
  readonly bio: number;
  readonly parent: number | undefined;
  readonly from: number;
  readonly to: number;
  readonly event: RecordedEvent;
}

/** A submitted bio with all that was made from it, each by its share of the submitted bytes. */
export interface BioFamily {
  readonly parts: readonly Part[];
  readonly segments: readonly Segment[];
  readonly addresses: readonly Address[];
  readonly copies: readonly Copy[];
  readonly stops: readonly Stop[];
  /** Every event of a member, in order. */
  readonly events: readonly RecordedEvent[];
}

/** What is known of a member as the events go by: its share now starts at byte `from`, sector `sector` of a device. */
interface Member {
  readonly parent: number | undefined;
  from: number;
  bytes: number;
  sector: number;
  request: number | undefined;
  copied: number;
  bounced: boolean;
  write: boolean;
}

/** Rules that end bytes; others only say why something did not happen. */
const ENDING: ReadonlySet<string> = new Set([
  'generic_make_request_checks',
  'submit_bio_noacct',
  'handle_read_error',
]);

/** Events of a request, named after the first bio in it: any member's bytes may be in it. */
const MAPS: ReadonlySet<string> = new Set(['blk_rq_map_sg', 'sg_set_page', 'dma_map_sg', 'sg_dma_address']);

const known = new WeakMap<Recording, Map<number, BioFamily>>();

/** Follows one submitted bio through its Recording. The same family for the same bio. */
export function bioFamily(recording: Recording, root: number): BioFamily {
  let families = known.get(recording);
  if (!families) known.set(recording, (families = new Map<number, BioFamily>()));
  let family = families.get(root);
  if (!family) families.set(root, (family = follow(recording, root)));
  return family;
}

function follow(recording: Recording, root: number): BioFamily {
  const follower = new Follower(root);
  const { columns, length, names } = recording;
  const births = names.map(({ name }) => name === 'bio_clone' || name === 'bio_split');
  const maps = names.map(({ name }) => MAPS.has(name));
  for (let i = 0; i < length; i++) {
    // Most events of a long Recording are other bios' own.
    const name = columns.name[i]!;
    const concerns =
      follower.has(columns.object[i]!) || (births[name] && follower.has(columns.a[i]!)) || maps[name];
    if (concerns) follower.take(eventAt(recording, i));
  }
  return follower;
}

class Follower implements BioFamily {
  readonly parts: Part[] = [];
  readonly segments: Segment[] = [];
  readonly addresses: Address[] = [];
  readonly copies: Copy[] = [];
  readonly stops: Stop[] = [];
  readonly events: RecordedEvent[] = [];
  private readonly members = new Map<number, Member>();
  /** The members in each request. */
  private readonly requests = new Map<number, Set<number>>();
  private readonly accepted = new Map<string, Part>();
  /** The request being mapped: where its next entry begins on the device, in bytes. */
  private mapping = { request: -1, at: 0 };
  /** The same for the addresses that its device gets. */
  private addressing = { request: -1, at: 0 };

  constructor(root: number) {
    this.members.set(root, member(undefined, 0, 0, 0));
  }

  has(bio: number): boolean {
    return this.members.has(bio);
  }

  take(event: RecordedEvent): void {
    const { name } = event.name;
    if (name === 'bio_clone' || name === 'bio_split') this.born(event, name === 'bio_split');
    if (name === 'blk_rq_map_sg') this.mapping = { request: event.b, at: event.a * 512 };
    else if (name === 'dma_map_sg') this.addressing = { request: event.b, at: event.a * 512 };
    else if (name === 'sg_set_page') {
      for (const share of this.shares(this.mapping, event.b, event.c))
        this.segments.push({ ...share, ...placeOf(event, event.a + share.start, event.b) });
    } else if (name === 'sg_dma_address') {
      for (const share of this.shares(this.addressing, event.e, event.c)) {
        const bus = event.a + share.start;
        this.addresses.push({ ...share, ...placeOf(event, event.b + share.start, event.e), bus });
      }
    }
    const self = this.members.get(event.object);
    if (!self) return;
    this.events.push(event);
    this.own(event, self);
  }

  private born({ object, a: parent, b: sector, c: sectors }: RecordedEvent, split: boolean): void {
    const from = this.members.get(parent);
    if (!from || this.members.has(object)) return;
    const start = from.from + (sector - from.sector) * 512;
    this.members.set(object, member(parent, start, sectors * 512, sector));
    if (!split) return;
    from.from = start + sectors * 512;
    from.sector = sector + sectors;
    from.bytes -= sectors * 512;
  }

  private own(event: RecordedEvent, self: Member): void {
    const { name, kind } = event.name;
    const { a, b, c, object } = event;
    if (ENDING.has(name) || kind === 'oops') {
      if (name !== 'handle_read_error' && kind !== 'oops') this.refuse(event, self);
      const from = kind === 'oops' ? self.from + self.copied : self.from;
      this.stops.push({ bio: object, parent: self.parent, from, to: self.from + self.bytes, event });
      return;
    }
    switch (name) {
      case 'submit_bio':
        self.bytes = c;
        self.sector = a;
        break;
      case 'block_bio_remap':
        self.from += (b - self.sector) * 512;
        self.sector = a;
        self.bytes = c * 512;
        this.accept(event, self);
        break;
      case 'block_bio_queue':
        self.sector = a;
        self.bytes = c * 512;
        self.write = (event.e & 1) === 1;
        this.accept(event, self);
        break;
      case 'block_split':
        // dm cuts its own bio: what it named is the rest. Any other cut has made a bio of its own for the front.
        if (a === b) {
          self.from += (a - self.sector) * 512;
          self.bytes = c * 512;
          self.sector = a;
        }
        break;
      case 'block_getrq':
      case 'block_bio_backmerge':
      case 'block_bio_frontmerge':
        self.request = b;
        this.requests.set(b, (this.requests.get(b) ?? new Set()).add(object));
        // What was split off, or bounced, no queue ever announced: its request is the first that is heard of it.
        this.accept(event, self).request = b;
        break;
      case 'block_bio_bounce':
        self.bounced = true;
        this.copies.splice(0, this.copies.length, ...this.copies.filter((copy) => copy.bio !== object));
        break;
      case 'memcpy':
      case 'memset':
      case 'copy_page_to_iter':
        if (!self.bounced) this.copied(event, self, event.device ?? '');
        break;
    }
  }

  /** On its way to a device: once, whether it was sent there, accepted there, put into a request, or all of these. */
  private accept(event: RecordedEvent, self: Member, refused = false): Part {
    const { object: bio, device = '', index } = event;
    const { parent, from, bytes, sector } = self;
    const key = `${bio} ${sector} ${device}`;
    const same = this.accepted.get(key);
    if (same) return same;
    const bounced = parent !== undefined && this.members.get(parent)?.bounced === true;
    const to = from + bytes;
    const part: Part = {
      bio,
      parent,
      device,
      from,
      to,
      sector,
      event: index,
      refused,
      bounced,
      request: undefined,
    };
    this.parts.push(part);
    this.accepted.set(key, part);
    return part;
  }

  /** It was sent to a device that did not take it. A submitted bio that no device took yet has no part. */
  private refuse(event: RecordedEvent, self: Member): void {
    const last = this.parts.at(-1);
    const sent = last?.bio === event.object ? this.parts.pop() : undefined;
    if (sent) this.accepted.delete(`${sent.bio} ${sent.sector} ${sent.device}`);
    if (sent !== undefined || self.parent !== undefined) this.accept(event, self, true);
  }

  /** The driver walks the bio's bytes in order, so each copy is of those that come next. */
  private copied({ name, a, b, c, object, index }: RecordedEvent, self: Member, device: string): void {
    const from = self.from + self.copied;
    self.copied += c;
    const kept = name.name === 'memcpy' && !self.write ? a : b;
    const at = name.name === 'memset' ? undefined : kept;
    this.copies.push({ bio: object, device, from, to: from + c, at, event: index });
  }

  /** A run of the device's bytes, the next `length` ones of a request: the shares of members that lie in it. */
  private shares(run: { request: number; at: number }, request: number, length: number): Share[] {
    if (run.request !== request) return [];
    const start = run.at;
    run.at += length;
    return [...(this.requests.get(request) ?? [])].flatMap((bio) => {
      const self = this.members.get(bio);
      if (self?.request !== request) return [];
      const own = self.sector * 512;
      const from = Math.max(start, own);
      const to = Math.min(start + length, own + self.bytes);
      if (from >= to) return [];
      const offset = self.from - own;
      return [{ bio, from: from + offset, to: to + offset, start: from - start }];
    });
  }
}

/** A member's part of an entry; `start` counts the entry's bytes. */
interface Share {
  readonly bio: number;
  readonly from: number;
  readonly to: number;
  readonly start: number;
}

function placeOf({ device = '', d: entry, index: event }: RecordedEvent, phys: number, request: number) {
  return { device, phys, request, entry, event };
}

function member(parent: number | undefined, from: number, bytes: number, sector: number): Member {
  return { parent, from, bytes, sector, request: undefined, copied: 0, bounced: false, write: false };
}
