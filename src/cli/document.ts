import { readDocument } from '../model/document';
import { CliError, readText } from './output';

/** Reads a *.bioscope.json; every error is said with its line and column. */
export async function openDocument(path: string) {
  const read = readDocument(await readText(path));
  if (read.ok) return read;
  throw new CliError(
    read.problems.map((p) => `${path}:${p.line}:${p.column}: ${p.message}`).join('\nbioscope: '),
  );
}
