import { isAscii } from 'node:buffer';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** C as an editor shows it, so that columns agree: UTF-8, or one unit a byte where a file is not. */
export function decodeC(bytes: Uint8Array): string {
  const units = () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (isAscii(bytes)) return units();
  try {
    return UTF8.decode(bytes);
  } catch {
    return units();
  }
}
