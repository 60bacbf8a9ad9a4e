import { machineFor, type IoOutcome, type Run } from '../engine/machine';
import type { DmaLayer } from '../engine/dma/layer';
import type { Pool } from '../engine/dma/make-ops';
import { IO_TLB_SIZE } from '../engine/dma/swiotlb/swiotlb-pool';
import { errnoName } from '../engine/errno';
import { PhysicalMap } from '../engine/memory/physical-map';
import { formatBytes } from '../model/address';
import { checkDocument } from '../model/check';
import { bioVectors, type BioVector } from '../model/bio-vectors';
import { flavourLabel, isReconstructed } from '../model/flavour';
import type { BioscopeDocument } from '../model/machine-spec';
import type { Recording } from '../model/recording';
import type { Io } from '../model/workload-spec';
import { encodeRecording } from '../model/recording-codec';
import type { IoSummary, MachineView } from '../protocol/view-state';
import { devicesView, refusedDevices } from './devices-view';
import { mapView } from './map-view';

/** A document after its workload ran: what both webviews show of it, and what further questions are answered from. */
export interface OpenMachine {
  readonly view: MachineView;
  readonly map: PhysicalMap;
  readonly vectors: readonly BioVector[];
  readonly recording: Recording | undefined;
  readonly dma: DmaLayer | undefined;
}

/** Runs a document's workload and describes the outcome; `notes` are what its reader wants said. What cannot be is not run. */
export function openMachine(document: BioscopeDocument, notes: readonly string[], revision = 0): OpenMachine {
  const { machine, workload = [] } = document;
  const errors = checkDocument(document).filter(({ severity }) => severity === 'error');
  const made = errors.length === 0 ? machineFor(machine, workload) : undefined;
  const run = workload.length > 0 ? made?.run(workload) : undefined;
  const map = new PhysicalMap(machine);
  const view: MachineView = {
    revision,
    name: machine.name,
    origin: machine.origin ?? '',
    flavour: flavourLabel(machine.kernel),
    reconstructed: isReconstructed(machine.kernel),
    notes: [...notes, ...(document.notes ? [document.notes] : [])],
    map: { ...mapView(machine, map), ...poolRange(made?.kernel.dma?.made.pool) },
    devices: made
      ? devicesView(machine, made.kernel)
      : refusedDevices(
          machine,
          errors.map(({ message }) => message),
        ),
    workload: run ? summaries(run, workload) : [],
    events: run?.recording.length ?? 0,
    ...(run ? { recording: encodeRecording(run.recording) } : {}),
  };
  return {
    view,
    map,
    vectors: run ? bioVectors(run.recording) : [],
    recording: run?.recording,
    dma: made?.kernel.dma,
  };
}

/** Bounce buffers that the machine's kernel took, wherever it found room for them. */
function poolRange(pool: Pool | undefined): Pick<MachineView['map'], 'swiotlb'> {
  return pool ? { swiotlb: { start: pool.start, end: pool.start + pool.nslabs * IO_TLB_SIZE } } : {};
}

function summaries(run: Run, workload: readonly Io[]): IoSummary[] {
  return run.outcomes.map((outcome, number) => {
    const io = workload[number]!;
    return {
      number,
      bio: outcome.bio,
      title: titleOf(io),
      outcome: outcomeText(outcome),
      ok: outcome.state === 'completed' && outcome.error === 0,
      because: outcome.because,
    };
  });
}

/** `write 4 KiB to sda, sector 8, with FLUSH + FUA`; an empty flush has neither bytes nor a place. */
function titleOf({ op, vecs, flags = [], device, sector, sectors = 0 }: Io): string {
  if (op === 'discard') return `discard ${formatBytes(sectors * 512)} of ${device}, sector ${sector}`;
  if (vecs.length === 0) return `flush ${device}`;
  const bytes = formatBytes(vecs.reduce((sum, vec) => sum + vec.len, 0));
  const words = (['flush', 'fua'] as const).filter((flag) => flags.includes(flag));
  const how = words.length > 0 ? `, with ${words.map((word) => word.toUpperCase()).join(' + ')}` : '';
  return `${op} ${bytes} ${op === 'write' ? 'to' : 'from'} ${device}, sector ${sector}${how}`;
}

function outcomeText(outcome: IoOutcome): string {
  switch (outcome.state) {
    case 'completed':
      return outcome.error === 0 ? 'completed' : `failed: ${errnoName(outcome.error)}`;
    case 'not-submitted':
      return 'not submitted';
    case 'oops':
      return 'kernel oops';
    case 'not-reached':
      return 'never reached';
    case 'hung':
      return 'never completes';
  }
}
