import * as v from 'valibot';
import type * as vscode from 'vscode';
import { SelectionSchema } from '../protocol/view-state';

const STORED = 'bioscope.moment';

/** Somebody who steps through a run moves often; what is kept is where they rest, ms. */
const REST = 300;

const KeptSchema = v.strictObject({
  selection: v.optional(SelectionSchema),
  /** Absent at the end of the run. */
  step: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
type Kept = v.InferOutput<typeof KeptSchema>;

/** Where somebody is - what is selected, and which moment - kept across a reload. */
export class KeptMoment implements vscode.Disposable {
  private resting: ReturnType<typeof setTimeout> | undefined;
  private last: Kept = {};

  constructor(private readonly storage: vscode.Memento) {}

  /** What was kept; nothing where somebody else wrote there. */
  read(): Kept {
    const parsed = v.safeParse(KeptSchema, this.storage.get(STORED));
    return parsed.success ? parsed.output : {};
  }

  keep({ selection, step }: { selection: Kept['selection']; step: number | undefined }): void {
    this.last = { ...(selection ? { selection } : {}), ...(step === undefined ? {} : { step }) };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.write(), REST);
  }

  dispose(): void {
    if (this.resting !== undefined) this.write();
  }

  private write(): void {
    clearTimeout(this.resting);
    this.resting = undefined;
    void this.storage.update(STORED, this.last);
  }
}
