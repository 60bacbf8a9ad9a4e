import { readFileSync, readdirSync } from 'node:fs';
import { inject } from 'vitest';
import type {} from '../../scripts/lib/provided.d.ts';

const { server } = inject('vscode');

/** Process ids of the extension hosts of our server, by what Linux says of processes; no other VS Code is meant. */
function extensionHosts(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const group = Number(/\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
        return (
          group === server && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=extensionHost')
        );
      } catch {
        // It has ended in the meantime.
        return false;
      }
    });
}

/** Ends the extension host as a crash would; VS Code starts another one. */
export function crashExtensionHost(): void {
  const hosts = extensionHosts();
  if (hosts.length === 0) throw new Error('no extension host runs');
  for (const pid of hosts) process.kill(pid, 'SIGKILL');
}
