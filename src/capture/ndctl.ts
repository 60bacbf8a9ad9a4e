import { type NamespaceMode } from '../model/memory-facts';
import { type Json, type JsonObject, isObject, objectsOf, readJson, textOf, wholeOf } from './json';
import { type PrintedSize, printedSize } from './printed-size';
import type { CaptureProblem, Captured } from './problem';

/** A namespace as `ndctl list` describes it. It never says where the memory is. */
export interface NdctlNamespace {
  readonly name: string;
  readonly mode: NamespaceMode;
  readonly map?: 'mem' | 'dev';
  /** What its user gets. */
  readonly size: PrintedSize;
  readonly disabled: boolean;
  readonly region?: string;
  /** Its disk or character device. */
  readonly device?: string;
  readonly uuid?: string;
  readonly sectorSize?: number;
  readonly align?: number;
}

export interface NdctlRegion {
  readonly name: string;
  readonly size: PrintedSize;
  /** What provides it: "e820" for memmap= and firmware type 12, "ACPI.NFIT" for NVDIMMs. */
  readonly provider?: string;
  /** 64 bits, exactly as printed. */
  readonly isetId?: string;
}

/** A dax device with the physical addresses `daxctl list -M` knows; `end` exclusive. */
export interface DaxDevice {
  readonly name: string;
  readonly size: PrintedSize;
  readonly mappings: readonly { readonly start: number; readonly end: number }[];
}

export interface NdctlCapture {
  readonly namespaces: readonly NdctlNamespace[];
  readonly regions: readonly NdctlRegion[];
  readonly dax: readonly DaxDevice[];
}

/** Today's names, and those of ndctl before 59. */
const MODES: Readonly<Record<string, NamespaceMode>> = {
  raw: 'raw',
  fsdax: 'fsdax',
  devdax: 'devdax',
  sector: 'sector',
  memory: 'fsdax',
  dax: 'devdax',
  safe: 'sector',
};

interface Where {
  readonly provider?: string | undefined;
  readonly region?: string | undefined;
}

/** Reads what `ndctl list` or `daxctl list` printed, in every shape their options give. */
export function readNdctl(text: string, file = 'ndctl list'): Captured<NdctlCapture> {
  const json = readJson(text, file);
  if (!json.ok) return json;
  const reader = new Reader(file);
  for (const document of json.value) for (const object of objectsOf(document)) reader.read(object, {});
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  const value = {
    namespaces: [...reader.namespaces.values()],
    regions: [...reader.regions.values()],
    dax: [...reader.dax.values()],
  };
  if (value.namespaces.length + value.regions.length + value.dax.length > 0)
    return { ok: true, value, warnings: reader.warnings };
  const listed = json.value.some((document) => objectsOf(document).length > 0);
  const message = listed
    ? 'no namespace, region or dax device in it: expected what "ndctl list -BRN" prints'
    : 'it lists nothing: "ndctl list -BRNi" shows idle namespaces too';
  const problem = { file, line: 1, message };
  return listed || json.value.length === 0
    ? { ok: false, problems: [problem] }
    : { ok: true, value, warnings: [problem] };
}

class Reader {
  readonly problems: CaptureProblem[] = [];
  readonly warnings: CaptureProblem[] = [];
  readonly namespaces = new Map<string, NdctlNamespace>();
  readonly regions = new Map<string, NdctlRegion>();
  readonly dax = new Map<string, DaxDevice>();

  constructor(private readonly file: string) {}

  read(object: JsonObject, where: Where): void {
    const dev = (textOf(object, 'dev') ?? '').slice(0, 64);
    const mode = textOf(object, 'mode');
    const provider = textOf(object, 'provider') ?? where.provider;
    let region = where.region;
    if (/^namespace\d/.test(dev)) {
      if (mode === undefined) this.problem(object, `${dev} has no mode`);
      else this.namespace(object, dev, mode, region);
    } else if (/^region\d/.test(dev)) {
      region = dev;
      this.region(object, dev, provider);
    } else if (object.members.has('chardev')) this.daxDevice(object);
    for (const key of ['regions', 'namespaces', 'devices', 'daxregion']) {
      const inside: Json | undefined = object.members.get(key);
      for (const child of objectsOf(inside)) this.read(child, { provider, region });
    }
  }

  private problem(object: JsonObject, message: string): void {
    if (this.problems.length < 20) this.problems.push({ file: this.file, line: object.line, message });
  }

  private size(object: JsonObject, name: string): PrintedSize | undefined {
    const text = textOf(object, 'size');
    const size = text === undefined ? undefined : printedSize(text);
    if (!size) this.problem(object, `${name} has no size that can be read: ${(text ?? 'none').slice(0, 40)}`);
    return size;
  }

  private namespace(object: JsonObject, name: string, printed: string, region: string | undefined): void {
    const mode = Object.hasOwn(MODES, printed) ? MODES[printed] : undefined;
    if (!mode) {
      this.problem(
        object,
        `${name} has the mode "${printed.slice(0, 40)}"; raw, fsdax, devdax and sector are known`,
      );
      return;
    }
    const size = this.size(object, name);
    // A seed: the name of the namespace that would be created next.
    if (!size || size.bytes === 0) return;
    const map = textOf(object, 'map');
    const sectorSize = wholeOf(object, 'sector_size');
    const align = sizeOf(object, 'align');
    const daxregion = object.members.get('daxregion');
    const inRegion = isObject(daxregion) ? objectsOf(daxregion.members.get('devices'))[0] : undefined;
    const device =
      textOf(object, 'blockdev') ?? textOf(object, 'chardev') ?? (inRegion && textOf(inRegion, 'chardev'));
    const uuid = textOf(object, 'uuid');
    const next: NdctlNamespace = {
      name,
      mode,
      size,
      disabled: textOf(object, 'state') === 'disabled',
      ...(map === 'mem' || map === 'dev' ? { map } : {}),
      ...(region === undefined ? {} : { region }),
      ...(device === undefined ? {} : { device }),
      ...(uuid === undefined ? {} : { uuid }),
      ...(sectorSize !== undefined && sectorSize <= 65536 ? { sectorSize } : {}),
      ...(align === undefined ? {} : { align }),
    };
    const before = this.namespaces.get(name);
    const same = before?.mode === next.mode && before.map === next.map;
    if (before && !same) {
      const message = `${name} is listed as ${before.mode} and then as ${next.mode}: the later one counts`;
      this.warnings.push({ file: this.file, line: object.line, message });
    }
    const exact = before && same && before.size.slack < next.size.slack ? { size: before.size } : {};
    this.namespaces.set(name, { ...(same ? before : {}), ...next, ...exact });
  }

  private region(object: JsonObject, name: string, provider: string | undefined): void {
    const size = this.size(object, name);
    const isetId = textOf(object, 'iset_id');
    if (!size) return;
    const next = {
      name,
      size,
      ...(provider === undefined ? {} : { provider }),
      ...(isetId === undefined ? {} : { isetId }),
    };
    this.regions.set(name, { ...this.regions.get(name), ...next });
  }

  private daxDevice(object: JsonObject): void {
    const name = textOf(object, 'chardev');
    if (name === undefined) return;
    const size = this.size(object, name);
    if (!size) return;
    const mappings = objectsOf(object.members.get('mappings')).flatMap((mapping) => {
      const [start, end] = [sizeOf(mapping, 'start'), sizeOf(mapping, 'end')];
      return start === undefined || end === undefined || end < start ? [] : [{ start, end: end + 1 }];
    });
    const before = this.dax.get(name);
    this.dax.set(name, { name, size, mappings: mappings.length > 0 ? mappings : (before?.mappings ?? []) });
  }
}

/** A number of bytes that is printed in decimal, in hexadecimal (-u) or rounded (-u); rounded ones are not taken. */
function sizeOf(object: JsonObject, key: string): number | undefined {
  const text = textOf(object, key) ?? '';
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return parseInt(text, 16);
  const size = printedSize(text);
  return size?.slack === 0 ? size.bytes : undefined;
}
