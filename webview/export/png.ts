import type { SvgPicture } from './svg';

/** Pixels a side that browsers draw; a longer picture comes out smaller. */
const MOST = 8192;

/** The picture in pixels, two for one where there is room: sharp on paper too. */
export async function pngOf({ text, width, height }: SvgPicture): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(2, MOST / width, MOST / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no canvas to draw on');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('the picture is too big to be drawn');
  return new Uint8Array(await blob.arrayBuffer());
}
