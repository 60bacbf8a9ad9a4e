/** How long a page may draw, ms: a hidden or broken one never answers. */
const PATIENCE = 20_000;

interface Waiting {
  readonly done: (bytes: Uint8Array) => void;
  readonly fail: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Pictures that were asked for and are not there yet, by the number of the question. */
export class PictureAnswers {
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  ask(): { readonly id: number; readonly bytes: Promise<Uint8Array> } {
    const id = this.next++;
    const bytes = new Promise<Uint8Array>((done, fail) => {
      const timer = setTimeout(
        () => this.failed(id, 'the explorer did not answer: show it and try again'),
        PATIENCE,
      );
      this.waiting.set(id, { done, fail, timer });
    });
    return { id, bytes };
  }

  came(id: number, bytes: Uint8Array): void {
    this.take(id)?.done(bytes);
  }

  failed(id: number, problem: string): void {
    this.take(id)?.fail(new Error(problem));
  }

  dispose(): void {
    for (const id of [...this.waiting.keys()]) this.failed(id, 'the explorer was closed');
  }

  private take(id: number): Waiting | undefined {
    const found = this.waiting.get(id);
    if (found) clearTimeout(found.timer);
    this.waiting.delete(id);
    return found;
  }
}
