import type { Moment } from '../../src/protocol/messages';
import type { MachineView } from '../../src/protocol/view-state';

/** Events a second, for the one who watches. */
export const SPEEDS = [2, 10, 50, 250, 1_000, 10_000] as const;

/** ms between two pictures, at least; who wants less motion gets fewer, each further on. */
const TICK = 40;
const CALM_TICK = 500;

/** What the player asks of the page it is on. */
export interface PlayerPage {
  /** Tells the host where somebody is. */
  readonly tell: (revision: number, step: number) => void;
  /** Draws what is other. */
  readonly draw: () => void;
  readonly calm: () => boolean;
}

/**
 * Which moment a page shows. It moves at once and tells the host, whose answers come later: until the answer to the
 * last move is here, older ones mean nothing.
 */
export class Player {
  step = 0;
  length = 0;
  speed: number = SPEEDS[1];
  private revision = -1;
  private awaited: number | undefined;
  private timer: number | undefined;

  constructor(private readonly page: PlayerPage) {}

  get playing(): boolean {
    return this.timer !== undefined;
  }

  /** A whole state has come. */
  adopt(machine: MachineView | undefined, step: number | undefined): void {
    const revision = machine?.revision ?? -1;
    if (revision !== this.revision) {
      this.stop();
      this.awaited = undefined;
    }
    this.revision = revision;
    this.length = machine?.events ?? 0;
    if (this.awaited === undefined) this.step = Math.min(step ?? this.length, this.length);
  }

  /** The host is at a moment: true where this page now shows that one. */
  heard({ revision, step }: Moment): boolean {
    if (revision !== this.revision) return false;
    if (this.awaited !== undefined && step !== this.awaited) return false;
    this.awaited = undefined;
    this.step = step;
    return true;
  }

  moveTo(step: number): void {
    const target = Math.min(Math.max(Math.round(step), 0), this.length);
    if (target === this.step) return;
    this.step = this.awaited = target;
    this.page.tell(this.revision, target);
    this.page.draw();
  }

  /** To a moment that somebody pointed at: who points does not want to be moved on. */
  readonly goTo = (step: number): void => {
    this.stop();
    this.moveTo(step);
  };

  toggle(): void {
    if (this.playing) this.stop();
    else this.start();
    this.page.draw();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (!this.playing) return;
    this.stop();
    this.start();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** From the start where the run is over. */
  private start(): void {
    if (this.length === 0) return;
    if (this.step >= this.length) this.moveTo(0);
    const tick = Math.max(1000 / this.speed, this.page.calm() ? CALM_TICK : TICK);
    const by = Math.max(Math.round((this.speed * tick) / 1000), 1);
    this.timer = setInterval(() => {
      if (this.step + by >= this.length) this.stop();
      this.moveTo(this.step + by);
    }, tick);
  }
}
