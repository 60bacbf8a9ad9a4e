import type { PictureAsked } from '../../src/protocol/messages';
import { pngOf } from './png';
import { svgOf } from './svg';

/** Draws a picture that the host asked for. Throws with a reason where there is none. */
export async function exportPicture({
  picture,
  form,
  title,
}: PictureAsked): Promise<Uint8Array<ArrayBuffer>> {
  const section = document.getElementById(picture);
  const svg = section && svgOf(section, title);
  if (!svg) throw new Error('nothing is drawn there on this machine');
  return form === 'svg' ? new TextEncoder().encode(svg.text) : pngOf(svg);
}
