import type { Pixels, TimeLanes } from './lanes';

/** The theme's colours, as the canvas needs them. */
export interface Inks {
  readonly text: string;
  readonly quiet: string;
  readonly ground: string;
  readonly line: string;
  readonly event: string;
  readonly alarm: string;
  readonly flight: string;
  readonly now: string;
  readonly font: string;
}

/** Events [from, from + count), both fractional while zooming. */
export interface Stretch {
  readonly from: number;
  readonly count: number;
}

export const LANE = 34;
/** px of the labels, left of the lanes. */
export const GUTTER = 84;
const RULER = 18;

export const heightOf = (lanes: number): number => RULER + lanes * LANE + 4;

interface Scene {
  readonly context: CanvasRenderingContext2D;
  readonly inks: Inks;
  readonly lanes: TimeLanes;
  readonly shown: Stretch;
  readonly width: number;
  readonly step: number;
}

/**
 * A row a lane: bars for events, taller for more of them (by their logarithm); a band below for the requests its driver
 * has; red and full height where something was refused. After the moment everything is faint.
 */
export function drawTimeline(scene: Scene): void {
  const { context, inks, lanes, shown, width } = scene;
  const height = heightOf(lanes.lanes.length);
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, width, height);
  const room = Math.max(width - GUTTER, 1);
  ruler(scene, room);
  const pixels = lanes.pixels(shown.from, shown.count / room, Math.ceil(room));
  lanes.lanes.forEach((lane, n) => {
    const top = RULER + n * LANE;
    context.fillStyle = inks.line;
    context.fillRect(GUTTER, top + LANE - 1, room, 1);
    context.fillStyle = inks.text;
    context.font = inks.font;
    context.textBaseline = 'middle';
    context.fillText(lane.label, 2, top + LANE / 2, GUTTER - 8);
    bars(scene, pixels[n]!, top, room);
  });
  const x = GUTTER + ((scene.step - shown.from) / shown.count) * room;
  if (x < GUTTER - 1 || x > width + 1) return;
  context.fillStyle = inks.now;
  context.fillRect(Math.min(x, width - 2) - 1, 0, 2, height);
  context.beginPath();
  context.moveTo(x - 6, 0);
  context.lineTo(x + 6, 0);
  context.lineTo(x, 8);
  context.fill();
}

function bars({ context, inks, lanes, shown, step }: Scene, pixels: Pixels, top: number, room: number): void {
  const per = shown.count / room;
  // Where an event is wider than a pixel, its bar is as wide.
  const wide = Math.max(1 / per - 1, 1);
  const { counts, alarms, depths } = pixels;
  const most = Math.max(Math.log2(1 + per), 1);
  const now = Math.min(Math.max(Math.ceil((step - shown.from) / per), 0), counts.length);
  const deepest = Math.max(lanes.mostRequests, 1);
  const rows: readonly [string, number, (px: number) => number][] = [
    [inks.flight, top + LANE - 2, (px) => (depths[px] === 0 ? 0 : Math.max((depths[px]! / deepest) * 8, 2))],
    [
      inks.event,
      top + LANE - 11,
      (px) =>
        counts[px] === 0 || alarms[px]! > 0
          ? 0
          : Math.round(Math.min(0.45 + (0.55 * Math.log2(1 + counts[px]!)) / (most + 1), 1) * (LANE - 14)),
    ],
    [inks.alarm, top + LANE - 11, (px) => (alarms[px]! > 0 ? LANE - 12 : 0)],
  ];
  rows.forEach(([ink, bottom, heightAt], row) => {
    context.fillStyle = ink;
    // Bands are joined where they follow each other; so are bars, where they are as thin as the pixels.
    const joined = row === 0 || wide === 1;
    const reach = row === 0 ? 1 : wide;
    for (const [from, to, alpha] of [
      [0, now, 1],
      [now, counts.length, 0.3],
    ] as const) {
      context.globalAlpha = alpha;
      for (let px = from; px < to;) {
        const high = heightAt(px);
        let end = px + 1;
        while (joined && end < to && heightAt(end) === high) end++;
        if (high > 0) {
          const span = joined ? end - px : reach;
          context.fillRect(GUTTER + px, bottom - high, span, high);
          // An alarm says so by its shape too.
          if (row === 2) context.fillRect(GUTTER + px - 2, bottom - high, span + 4, 3);
        }
        px = end;
      }
    }
  });
  context.globalAlpha = 1;
}

function ruler({ context, inks, shown }: Scene, room: number): void {
  const wished = (shown.count / room) * 110;
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(wished, 1)));
  const apart = [1, 2, 5, 10].map((n) => n * magnitude).find((n) => n >= wished) ?? magnitude * 10;
  context.fillStyle = inks.quiet;
  context.font = inks.font;
  context.textBaseline = 'top';
  for (let at = Math.ceil(shown.from / apart) * apart; at < shown.from + shown.count; at += apart) {
    const x = GUTTER + ((at - shown.from) / shown.count) * room;
    context.fillRect(x, 0, 1, 5);
    context.fillText(at.toLocaleString('en'), x + 4, 1);
  }
}
