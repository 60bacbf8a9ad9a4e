import { aptInstall, mayInstall, onPath } from './debian.mjs';
import { Unable } from './say.mjs';

/** Provides `cc`: the layouts are held against a C program of ours, compiled by the test. */
export async function ensureCompiler() {
  if (onPath('cc')) return;
  if (mayInstall()) await aptInstall(['gcc', 'libc6-dev']);
  if (!onPath('cc'))
    throw new Unable(
      'The agreement tests need a C compiler called cc (Debian: apt-get install gcc libc6-dev).',
    );
}
