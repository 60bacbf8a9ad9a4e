import type { Finding } from './check';
import type { BioscopeDocument } from './machine-spec';

/** The steps of a lesson select what is there. */
export function checkLesson({ machine, workload = [], lesson }: BioscopeDocument, findings: Finding[]): void {
  const devices = (machine.devices ?? []).flatMap((d) => [
    d.name,
    ...(d.partitions ?? []).map((p) => p.name),
  ]);
  lesson?.steps.forEach(({ io, device }, i) => {
    const error = (member: string, message: string) =>
      findings.push({ severity: 'error', path: ['lesson', 'steps', i, member], message });
    if (io !== undefined && io >= workload.length)
      error('io', `there is no I/O ${io}: the workload has ${workload.length}`);
    if (device !== undefined && !devices.includes(device))
      error('device', `there is no device named ${device} (devices: ${devices.join(', ') || 'none'})`);
  });
}
