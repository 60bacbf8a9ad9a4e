import type { WriteStream } from 'node:tty';

/** A line that counts files, written over itself. Shown where somebody looks at it, or where it was asked for. */
export function progressOn(stream: WriteStream, asked: boolean) {
  if (!stream.isTTY && !asked) return undefined;
  const line = (text: string) => void stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  return {
    show: (done: number, total: number) => line(`${done} of ${total} files`),
    end: () => {
      if (stream.isTTY) line('');
    },
  };
}
