/** What a pointer asks for. Places are px from the canvas's left edge. */
export interface PointerWishes {
  readonly pan: (px: number) => void;
  readonly press: (px: number) => void;
  readonly zoom: (factor: number, px: number) => void;
  readonly hover: (px: number | undefined) => void;
}

/** A press that moved further than this is a drag, px. */
const DRAG = 4;

/** Drag pans, a press selects, a wheel zooms. Until the canvas has the focus the wheel scrolls the page, unless Ctrl is held. */
export class PointerMoves {
  private start: number | undefined;
  private last = 0;
  private dragging = false;

  constructor(private readonly wishes: PointerWishes) {}

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.start = this.last = event.offsetX;
    this.dragging = false;
  };

  readonly move = (event: PointerEvent): void => {
    if (this.start === undefined) {
      this.wishes.hover(event.offsetX);
      return;
    }
    if (Math.abs(event.offsetX - this.start) > DRAG) this.dragging = true;
    if (this.dragging) this.wishes.pan(event.offsetX - this.last);
    this.last = event.offsetX;
  };

  readonly up = (event: PointerEvent): void => {
    if (this.start !== undefined && !this.dragging) this.wishes.press(event.offsetX);
    this.start = undefined;
  };

  readonly leave = (): void => this.wishes.hover(undefined);

  readonly double = (event: MouseEvent): void => this.wishes.zoom(1 / 8, event.offsetX);

  readonly wheel = (event: WheelEvent): void => {
    const canvas = event.currentTarget as HTMLElement;
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.wishes.pan(-event.deltaX);
    else this.wishes.zoom(2 ** (Math.max(Math.min(event.deltaY, 200), -200) / 200), event.offsetX);
  };
}
